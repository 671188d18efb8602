package dev.enclave.aws.internal;

import software.amazon.awssdk.services.kms.KmsClient;

/**
 * An authenticated way to KMS of one account and region. Thread-safe; everything that it uses is
 * its own and ends when it is closed.
 */
final class AwsSession implements AutoCloseable {

  private final KmsClient kms;
  private final String partition;
  private final String region;
  private final String account;
  private final boolean reportsHsm;
  private final Runnable closing;

  /**
   * @param kms shared by all calls
   * @param partition such as {@code aws} or {@code aws-cn}
   * @param region such as {@code eu-west-1}
   * @param account twelve digits
   * @param reportsHsm whether who answers is AWS, or somebody whom the operator trusts as much
   * @param closing ends what the client uses and does not own
   */
  AwsSession(
      KmsClient kms,
      String partition,
      String region,
      String account,
      boolean reportsHsm,
      Runnable closing) {
    this.kms = kms;
    this.partition = partition;
    this.region = region;
    this.account = account;
    this.reportsHsm = reportsHsm;
    this.closing = closing;
  }

  /** The client: retries off, endpoint, region and credentials fixed. */
  KmsClient kms() {
    return kms;
  }

  /** The region, such as {@code eu-west-1}. */
  String region() {
    return region;
  }

  /** The account, twelve digits. */
  String account() {
    return account;
  }

  /** The partition in ARNs: {@code aws}, {@code aws-cn}, {@code aws-us-gov}, … */
  String partition() {
    return partition;
  }

  /**
   * Whether an answer that says HSM is believed. Somebody's server at a custom endpoint says so
   * too: then no key here is better than SOFTWARE.
   */
  boolean reportsHsm() {
    return reportsHsm;
  }

  @Override
  public void close() {
    kms.close();
    closing.run();
  }

  /** The place alone. */
  @Override
  public String toString() {
    return "AwsSession[" + partition + ":" + region + ":" + account + "]";
  }
}
