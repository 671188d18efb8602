package dev.enclave.aws.internal.calls;

/**
 * What was asked of AWS, as a failure names it.
 *
 * @param permission as policies call it, such as {@code kms:Sign}
 * @param changes whether a lost answer leaves open what is there now
 * @param subject what it was about: a key's ARN or alias, a role, {@code this account}
 */
public record AwsRequest(String permission, boolean changes, String subject) {

  /** As messages name it. */
  public String named() {
    return permission + " on " + subject;
  }
}
