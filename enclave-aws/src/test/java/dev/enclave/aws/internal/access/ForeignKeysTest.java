package dev.enclave.aws.internal.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.aws.internal.KmsBench;
import dev.enclave.spi.BackendFailure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.KeySpec;
import software.amazon.awssdk.services.kms.model.KeyUsageType;
import software.amazon.awssdk.services.kms.model.KmsException;
import software.amazon.awssdk.services.kms.model.MessageType;
import software.amazon.awssdk.services.kms.model.SigningAlgorithmSpec;
import software.amazon.awssdk.services.kms.model.Tag;

/**
 * All printed policies together let nobody name, tag, use or change a key that Enclave did not
 * make.
 */
class ForeignKeysTest {

  /** Whose keys lie in the account besides. */
  private enum Foreign {
    PLAIN("", ""),
    NAMED("team=billing", "alias/billing"),
    /** One to adopt, with the stamp of this environment. */
    STAMPED("enclave:environment=PRODUCTION", "alias/treasury"),
    OTHER_ENVIRONMENT(
        "enclave:environment=STAGING enclave:key=wallet", "alias/enclave/staging-wallet/1");

    /** Names and values, with a space between two tags. */
    private final String tags;

    private final String alias;

    Foreign(String tags, String alias) {
      this.tags = tags;
      this.alias = alias;
    }
  }

  private static final List<String> ALL =
      List.of(
          PrintedPolicies.of(PrintedPolicies.SIGNING),
          PrintedPolicies.of(PrintedPolicies.CREATING),
          PrintedPolicies.of(PrintedPolicies.RECONCILE),
          PrintedPolicies.of(PrintedPolicies.CONFORMANCE));

  private static Tag tag(String key, String value) {
    return Tag.builder().tagKey(key).tagValue(value).build();
  }

  private static String make(KmsClient kms, KeySpec spec, KeyUsageType usage, Foreign foreign) {
    return kms.createKey(
            r ->
                r.keySpec(spec)
                    .keyUsage(usage)
                    .tags(
                        Pattern.compile(" ")
                            .splitAsStream(foreign.tags)
                            .map(each -> each.split("="))
                            .filter(each -> each.length == 2)
                            .map(each -> tag(each[0], each[1]))
                            .toList()))
        .keyMetadata()
        .keyId();
  }

  @ParameterizedTest
  @EnumSource(Foreign.class)
  void areOutOfReach(Foreign foreign) throws BackendFailure {
    try (KmsBench bench = new KmsBench()) {
      KmsClient kms = bench.console();
      String key = make(kms, KeySpec.ECC_NIST_P256, KeyUsageType.SIGN_VERIFY, foreign);
      String kek = make(kms, KeySpec.SYMMETRIC_DEFAULT, KeyUsageType.ENCRYPT_DECRYPT, foreign);
      if (!foreign.alias.isEmpty()) {
        kms.createAlias(r -> r.aliasName(foreign.alias).targetKeyId(key));
      }
      bench.create(KmsBench.NAME);
      bench.server.identityPolicies(ALL);
      SdkBytes bytes = SdkBytes.fromByteArray(new byte[32]);
      Map<String, Consumer<KmsClient>> tries = new LinkedHashMap<>();
      for (Map.Entry<String, String> tag :
          Map.of("enclave:environment", "PRODUCTION", "enclave:key", "wallet", "team", "x")
              .entrySet()) {
        tries.put(
            "tag " + tag,
            k -> k.tagResource(r -> r.keyId(key).tags(tag(tag.getKey(), tag.getValue()))));
      }
      tries.put(
          "tag with all of Enclave's",
          k ->
              k.tagResource(
                  r ->
                      r.keyId(key)
                          .tags(
                              tag("enclave:environment", "PRODUCTION"),
                              tag("enclave:key", "wallet"))));
      tries.put(
          "tag as adoptable",
          k -> k.tagResource(r -> r.keyId(key).tags(tag("enclave:conformance", "adoptable"))));
      tries.put("untag", k -> k.untagResource(r -> r.keyId(key).tagKeys("enclave:environment")));
      tries.put(
          "alias", k -> k.createAlias(r -> r.aliasName("alias/enclave/wallet/9").targetKeyId(key)));
      tries.put(
          "move an alias",
          k -> k.updateAlias(r -> r.aliasName("alias/enclave/wallet/1").targetKeyId(key)));
      tries.put(
          "sign",
          k ->
              k.sign(
                  r ->
                      r.keyId(key)
                          .message(bytes)
                          .messageType(MessageType.DIGEST)
                          .signingAlgorithm(SigningAlgorithmSpec.ECDSA_SHA_256)));
      tries.put("encrypt", k -> k.encrypt(r -> r.keyId(kek).plaintext(bytes)));
      tries.put("public key", k -> k.getPublicKey(r -> r.keyId(key)));
      tries.put("disable", k -> k.disableKey(r -> r.keyId(key)));
      tries.put("enable", k -> k.enableKey(r -> r.keyId(key)));
      tries.put("destroy", k -> k.scheduleKeyDeletion(r -> r.keyId(key).pendingWindowInDays(7)));
      for (Map.Entry<String, Consumer<KmsClient>> attempt : tries.entrySet()) {
        KmsException refused =
            catchThrowableOfType(KmsException.class, () -> attempt.getValue().accept(kms));
        assertThat(refused).as(attempt.getKey()).isNotNull();
        assertThat(refused.awsErrorDetails().errorCode())
            .as(attempt.getKey())
            .isEqualTo("AccessDeniedException");
      }
    }
  }
}
