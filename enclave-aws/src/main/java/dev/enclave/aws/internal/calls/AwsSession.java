package dev.enclave.aws.internal.calls;

import dev.enclave.aws.internal.credentials.RefreshingCredentials;
import software.amazon.awssdk.services.kms.KmsClient;

/**
 * An authenticated way to KMS of one account and region. Thread-safe; everything that it uses is
 * its own and ends when it is closed.
 *
 * @param kms shared by all calls: retries off, endpoint, region and credentials fixed
 * @param credentials those of the client
 * @param partition as in ARNs: {@code aws}, {@code aws-cn}, {@code aws-us-gov}, …
 * @param region such as {@code eu-west-1}
 * @param account twelve digits
 * @param reportsHsm whether an answer that says HSM is believed: who answers is AWS, or somebody
 *     whom the operator trusts as much. Somebody's server at a custom endpoint says so too: then no
 *     key here is better than SOFTWARE
 * @param destroyedAfter days between the destruction of a version that was in use and its end, 7 to
 *     30, in which it can be saved
 * @param connections how many requests may be under way at once
 * @param closing ends what the client uses and does not own
 */
public record AwsSession(
    KmsClient kms,
    RefreshingCredentials credentials,
    String partition,
    String region,
    String account,
    boolean reportsHsm,
    int destroyedAfter,
    int connections,
    Runnable closing)
    implements AutoCloseable {

  /** Whether it is that of the China Regions, where KMS has other algorithms. */
  public boolean china() {
    return partition.equals("aws-cn");
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
