package dev.enclave.aws.internal.calls;

import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import software.amazon.awssdk.services.kms.KmsClient;

/**
 * An authenticated way to KMS of one account and region. Thread-safe; everything that it uses is
 * its own and ends when it is closed.
 */
public final class AwsSession implements AutoCloseable {

  /** Sees to it that there are credentials before a request is sent. */
  @FunctionalInterface
  public interface Readiness {
    void ready(CallContext call) throws BackendFailure;
  }

  private final KmsClient kms;
  private final Readiness credentials;
  private final String partition;
  private final String region;
  private final String account;
  private final boolean reportsHsm;
  private final Runnable closing;

  /**
   * @param kms shared by all calls
   * @param credentials those of the client
   * @param partition such as {@code aws} or {@code aws-cn}
   * @param region such as {@code eu-west-1}
   * @param account twelve digits
   * @param reportsHsm whether who answers is AWS, or somebody whom the operator trusts as much
   * @param closing ends what the client uses and does not own
   */
  public AwsSession(
      KmsClient kms,
      Readiness credentials,
      String partition,
      String region,
      String account,
      boolean reportsHsm,
      Runnable closing) {
    this.kms = kms;
    this.credentials = credentials;
    this.partition = partition;
    this.region = region;
    this.account = account;
    this.reportsHsm = reportsHsm;
    this.closing = closing;
  }

  /** The client: retries off, endpoint, region and credentials fixed. */
  public KmsClient kms() {
    return kms;
  }

  /**
   * Waits for credentials, if there are none.
   *
   * @throws BackendFailure when there are none before the call's deadline
   */
  public void ready(CallContext call) throws BackendFailure {
    credentials.ready(call);
  }

  /** The region, such as {@code eu-west-1}. */
  public String region() {
    return region;
  }

  /** The account, twelve digits. */
  public String account() {
    return account;
  }

  /** The partition in ARNs: {@code aws}, {@code aws-cn}, {@code aws-us-gov}, … */
  public String partition() {
    return partition;
  }

  /**
   * Whether an answer that says HSM is believed. Somebody's server at a custom endpoint says so
   * too: then no key here is better than SOFTWARE.
   */
  public boolean reportsHsm() {
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
