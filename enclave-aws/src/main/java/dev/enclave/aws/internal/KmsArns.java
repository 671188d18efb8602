package dev.enclave.aws.internal;

import dev.enclave.KeyVersionId;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Names of KMS keys. */
final class KmsArns {

  private static final Pattern KEY_ARN =
      Pattern.compile(
          "arn:([a-z0-9-]{1,32}):kms:([a-z0-9-]{1,32}):([0-9]{12}):key/([A-Za-z0-9-]{1,64})");

  private KmsArns() {}

  /** The id in a key's ARN; none if it is no key's ARN. */
  static Optional<String> keyId(String arn) {
    Matcher matcher = KEY_ARN.matcher(arn);
    return matcher.matches() ? Optional.of(matcher.group(4)) : Optional.empty();
  }

  /** The account in a key's ARN; none if it is no key's ARN. */
  static Optional<String> account(String arn) {
    Matcher matcher = KEY_ARN.matcher(arn);
    return matcher.matches() ? Optional.of(matcher.group(3)) : Optional.empty();
  }

  /** Whether a version's provider URI is a key's ARN and names that version. */
  static boolean names(String providerUri, KeyVersionId version) {
    return keyId(providerUri).equals(Optional.of(version.value()));
  }

  /** Whether KMS answered for the key it was asked for; it says so by ARN, moto by id alone. */
  static boolean sameKey(@Nullable String answered, String arn) {
    return arn.equals(answered) || keyId(arn).equals(Optional.ofNullable(answered));
  }

  /** The same account's and region's ARN with another key id. */
  static String withKeyId(String arn, String keyId) {
    return arn.substring(0, arn.lastIndexOf('/') + 1) + keyId;
  }
}
