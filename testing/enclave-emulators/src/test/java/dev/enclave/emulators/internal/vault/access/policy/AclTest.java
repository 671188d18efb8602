package dev.enclave.emulators.internal.vault.access.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What policies allow together: openbao vault/acl.go, and "Policies" in Vault's documentation. */
class AclTest {

  private static Acl acl(String... policies) {
    List<Policy> all = new ArrayList<>();
    for (String policy : policies) {
      all.add(Policy.parse("p" + all.size(), policy.replace('\'', '"'), ""));
    }
    return new Acl(all);
  }

  private static boolean updates(Acl acl, String path, Map<String, Object> data) {
    return acl.allows(Capability.UPDATE, path, data, false);
  }

  private static boolean reads(Acl acl, String path) {
    return acl.allows(Capability.READ, path, Map.of(), false);
  }

  @Test
  void allowsNothing_thatNoPolicyNames() {
    Acl acl = acl("path 'transit/keys/a' { capabilities = ['read'] }");
    assertThat(reads(acl, "transit/keys/a")).isTrue();
    assertThat(reads(acl, "transit/keys/ab")).isFalse();
    assertThat(updates(acl, "transit/keys/a", Map.of())).isFalse();
  }

  @Test
  void keepsCreateAndUpdateApart() {
    Acl acl = acl("path 'transit/encrypt/+' { capabilities = ['update'] }");
    assertThat(updates(acl, "transit/encrypt/a", Map.of())).isTrue();
    assertThat(acl.allows(Capability.CREATE, "transit/encrypt/a", Map.of(), false)).isFalse();
  }

  @Test
  void takesPlus_forOneSegmentAlone() {
    Acl acl = acl("path 'transit/keys/+/rotate' { capabilities = ['update'] }");
    assertThat(updates(acl, "transit/keys/a/rotate", Map.of())).isTrue();
    assertThat(updates(acl, "transit/keys/a/b/rotate", Map.of())).isFalse();
    assertThat(updates(acl, "transit/keys/a/rotate/b", Map.of())).isFalse();
  }

  @Test
  void takesAnAsterisk_asAPrefixOfWhatever() {
    Acl acl = acl("path 'secret/data/app*' { capabilities = ['read'] }");
    assertThat(reads(acl, "secret/data/app")).isTrue();
    assertThat(reads(acl, "secret/data/apple/pie")).isTrue();
    assertThat(reads(acl, "secret/data/ap")).isFalse();
  }

  /** CheckAllowedFromNonExactPaths: the order of priority in its comment. */
  @ParameterizedTest
  @CsvSource({
    "foo/bar,        foo/bar, foo/+",
    "foo/abc,        foo/a*, foo/+",
    "foo/bar/x/baz,  foo/bar/+/baz, foo/+/bar/baz",
    "foo/bar/x/baz,  foo/bar/+/baz, foo/+/x/baz",
    "foo/x/bar,      foo/+/bar, foo/+/ba*",
    "foo/x,          foo/+, foo/*",
    "foo/bar/x/baz,  foo/bar/+/baz, foo/+/+/baz",
    "foo/x/bar/baz,  foo/+/bar/ba*, foo/+/bar/b*",
    "foo/abcd,       foo/abc*, foo/a*",
  })
  void letsTheMostSpecificPathDecide_alone(String path, String stronger, String weaker) {
    String read = "{ capabilities = ['read'] }";
    String deny = "{ capabilities = ['deny'] }";
    assertThat(reads(acl("path '" + stronger + "' " + read, "path '" + weaker + "' " + deny), path))
        .isTrue();
    assertThat(reads(acl("path '" + weaker + "' " + read, "path '" + stronger + "' " + deny), path))
        .isFalse();
  }

  @Test
  void unitesPolicies_ofTheSamePath() {
    Acl acl =
        acl(
            "path 'a/*' { capabilities = ['read'] }",
            "path 'a/*' { capabilities = ['update', 'sudo'] }");
    assertThat(acl.capabilities("a/b")).containsExactly("read", "sudo", "update");
  }

  @Test
  void letsADenialWin_inEitherOrder() {
    String read = "path 'a/*' { capabilities = ['read'] }";
    String deny = "path 'a/*' { capabilities = ['read', 'deny'] }";
    assertThat(reads(acl(read, deny), "a/b")).isFalse();
    assertThat(reads(acl(deny, read), "a/b")).isFalse();
    assertThat(acl(deny, read).capabilities("a/b")).containsExactly("deny");
  }

  /** AllowOperation: a LIST counts without its slash too, also for exact paths. */
  @ParameterizedTest
  @CsvSource({"transit/keys", "transit/keys/", "transit/*", "+/keys"})
  void listsAPathWithASlash_alsoByARuleWithout(String rule) {
    Acl acl = acl("path '" + rule + "' { capabilities = ['list'] }");
    assertThat(acl.allows(Capability.LIST, "transit/keys/", Map.of(), false)).isTrue();
  }

  @Test
  void demandsSudo_whereThePathIsRootProtected() {
    Acl plain = acl("path 'sys/auth/*' { capabilities = ['update'] }");
    Acl sudo = acl("path 'sys/auth/*' { capabilities = ['update', 'sudo'] }");
    assertThat(plain.allows(Capability.UPDATE, "sys/auth/a", Map.of(), true)).isFalse();
    assertThat(sudo.allows(Capability.UPDATE, "sys/auth/a", Map.of(), true)).isTrue();
  }

  @Test
  void allowsOnlyParametersAndValues_thatAreNamed() {
    Acl acl =
        acl(
            "path 'transit/keys/*' { capabilities = ['update']\n"
                + " allowed_parameters = { 'type' = ['ecdsa-*', 'ed25519'], 'derived' = [] } }");
    assertThat(updates(acl, "transit/keys/a", Map.of("type", "ecdsa-p256"))).isTrue();
    assertThat(updates(acl, "transit/keys/a", Map.of("Type", "ed25519", "derived", true))).isTrue();
    assertThat(updates(acl, "transit/keys/a", Map.of("type", "rsa-2048"))).isFalse();
    assertThat(updates(acl, "transit/keys/a", Map.of("exportable", true))).isFalse();
    assertThat(updates(acl, "transit/keys/a", Map.of())).isTrue();
  }

  @Test
  void allowsOtherParameters_besideAnAsterisk() {
    Acl acl =
        acl(
            "path 'a' { capabilities = ['update']\n"
                + " allowed_parameters = { 'type' = ['x'], '*' = [] } }");
    assertThat(updates(acl, "a", Map.of("other", "y"))).isTrue();
    assertThat(updates(acl, "a", Map.of("type", "y"))).isFalse();
  }

  @Test
  void refusesParametersAndValues_thatAreDenied() {
    Acl acl =
        acl(
            "path 'a' { capabilities = ['update']\n"
                + " denied_parameters { 'exportable' = [true], 'type' = [] } }");
    assertThat(updates(acl, "a", Map.of("exportable", false))).isTrue();
    assertThat(updates(acl, "a", Map.of("exportable", true))).isFalse();
    assertThat(updates(acl, "a", Map.of("type", "x"))).isFalse();
  }

  /** valueInSlice compares Go's types: an int of the policy is no json.Number. */
  @Test
  void findsNoNumberTheSame() {
    Acl acl =
        acl("path 'a' { capabilities = ['update']\n allowed_parameters = { 'bits' = [256] } }");
    assertThat(updates(acl, "a", Map.of("bits", new BigDecimal(256)))).isFalse();
  }

  @Test
  void demandsRequiredParameters() {
    Acl acl = acl("path 'a' { capabilities = ['update']\n required_parameters = ['key_version'] }");
    assertThat(updates(acl, "a", Map.of())).isFalse();
    assertThat(updates(acl, "a", Map.of("key_version", "1"))).isTrue();
  }

  @Test
  void takesTheEmptyList_beforeOthersOfAnotherPolicy() {
    Acl acl =
        acl(
            "path 'a' { capabilities = ['update']\n allowed_parameters = { 'x' = ['1'] } }",
            "path 'a' { capabilities = ['update']\n allowed_parameters = { 'x' = [] } }");
    assertThat(updates(acl, "a", Map.of("x", "2"))).isTrue();
  }

  @Test
  void refusesEverything_whereAnswersMustBeWrapped() {
    Acl acl = acl("path 'a' { capabilities = ['update']\n max_wrapping_ttl = '90s' }");
    assertThat(updates(acl, "a", Map.of())).isFalse();
  }

  @Test
  void skipsPathsWithTemplates() {
    Acl acl = acl("path 'secret/{{identity.entity.id}}/*' { capabilities = ['read'] }");
    assertThat(acl.capabilities("secret/x/y")).containsExactly("deny");
  }
}
