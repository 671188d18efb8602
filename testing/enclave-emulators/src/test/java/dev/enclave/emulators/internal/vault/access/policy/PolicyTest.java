package dev.enclave.emulators.internal.vault.access.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The language of policies: openbao vault/policy.go, and hashicorp/hcl's parser. */
class PolicyTest {

  private static List<String> capabilities(String text, String path) {
    return new Acl(List.of(Policy.parse("p", text, ""))).capabilities(path);
  }

  private static void refuses(String text, String why) {
    assertThatExceptionOfType(PolicyFailure.class)
        .isThrownBy(() -> Policy.parse("p", text, ""))
        .withMessage("failed to parse policy: " + why);
  }

  @Test
  void readsCommentsBlocksAndLists_asTheyAreWritten() {
    String text =
        """
        # One.
        // Two.
        /* Three
           lines. */
        name = "any"
        path "/a/*" {
          capabilities = ["read", # why
                          "list",]
        }
        path "b" { policy = "write" }
        """;
    assertThat(capabilities(text, "a/b")).containsExactly("list", "read");
    assertThat(capabilities(text, "b"))
        .containsExactly("create", "delete", "list", "read", "update");
  }

  @Test
  void readsJson() {
    assertThat(capabilities("{\"path\": {\"a/*\": {\"capabilities\": [\"read\"]}}}", "a/b"))
        .containsExactly("read");
  }

  @Test
  void readsTextsOfSeveralLines() {
    Hcl.Block block = Hcl.parse("a = <<EOT\none\ntwo\nEOT\nb = \"x\\\"\\n\"");
    assertThat(block.items().get(0).value()).isEqualTo("one\ntwo\n");
    assertThat(block.items().get(1).value()).isEqualTo("x\"\n");
  }

  @Test
  void putsPathsBelowItsNamespace() {
    Acl acl =
        new Acl(List.of(Policy.parse("p", "path \"a\" { capabilities = [\"read\"] }", "team/")));
    assertThat(acl.allows(Capability.READ, "team/a", Map.of(), false)).isTrue();
    assertThat(acl.allows(Capability.READ, "a", Map.of(), false)).isFalse();
  }

  @Test
  void namesTheLine_ofWhatItCannotRead() {
    refuses(
        "path \"a\" {\n  capabilities = [\"read\"\n",
        "At 3:1: error parsing list, expected comma or list end, got: EOF");
    refuses("path \"a\" {\n", "At 2:1: object expected closing RBRACE got: EOF");
    refuses(
        "path \"a\" {\n capabilities = [\"read\"]\n}\n}",
        "At 4:1: expected: IDENT | STRING | ASSIGN | LBRACE got: RBRACE");
    refuses("path \"a", "At 1:6: literal not terminated");
  }

  @Test
  void refusesKeys_thatArePartOfNoPolicy() {
    refuses("paths = 1", "1 error occurred:\n\t* invalid key \"paths\" on line 1\n\n");
    refuses(
        "path \"a\" {\n capability = [\"read\"]\n}",
        "path \"a\": 1 error occurred:\n\t* invalid key \"capability\" on line 2\n\n");
  }

  @Test
  void refusesCapabilitiesAndWildcards_thatDoNotExist() {
    refuses(
        "path \"a\" { capabilities = [\"write\"] }", "path \"a\": invalid capability \"write\"");
    refuses("path \"a\" { policy = \"all\" }", "path \"a\": invalid policy \"all\"");
    refuses(
        "path \"a/+*\" { capabilities = [\"read\"] }",
        "path \"a/+*\": invalid use of wildcards ('+*' is forbidden)");
  }

  @Test
  void refusesWhatItWouldNotEvaluate() {
    refuses(
        "path \"a\" {\n control_group = {}\n}",
        "path \"a\": control_group is not evaluated by this server");
  }
}
