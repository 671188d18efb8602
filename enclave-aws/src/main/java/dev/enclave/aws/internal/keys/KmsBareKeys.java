package dev.enclave.aws.internal.keys;

import dev.enclave.KeyAlgorithm;
import dev.enclave.aws.internal.calls.AwsSession;
import dev.enclave.aws.internal.calls.KmsCalls;
import dev.enclave.aws.internal.calls.KmsOperation;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.backend.ConformanceSupport.BareKeys;
import dev.enclave.spi.backend.ConformanceSupport.Estimate;
import java.util.List;
import software.amazon.awssdk.services.kms.model.KeyMetadata;

/**
 * KMS keys as an administrator makes them: no alias, and no tag of Enclave's but one by which a
 * policy can allow a conformance run to make, use and remove them.
 */
public record KmsBareKeys(KmsCalls calls) implements BareKeys {

  // Counted by the journal of our own server; a test compares.
  private static final int KEYS = 240;
  private static final int REQUESTS = 8700;

  /** On keys that a conformance run has made past Enclave. */
  public static final String TAG = "enclave:conformance";

  private static final String MADE = "adoptable";

  /** Takes {@code session} over: it ends with this. */
  public KmsBareKeys(AwsSession session) {
    this(new KmsCalls(session));
  }

  /**
   * What a run of the contracts needs. Prices: aws.amazon.com/kms/pricing, read in November 2026: a
   * dollar a key and month by the hour, nothing for a key that is to be deleted; 3 cents for 10,000
   * requests, 15 cents where an elliptic curve or a long RSA key works.
   */
  public static Estimate estimate() {
    return Estimate.of(
        KEYS,
        REQUESTS,
        "about 0.35 USD if it ends within an hour, by the price list of November 2026 (1 USD a key"
            + " and month, by the hour; 0.15 USD for 10,000 requests at most)");
  }

  @Override
  public String make(KeyAlgorithm algorithm, CallContext call) throws BackendFailure {
    KmsScheme scheme = new KmsScheme(algorithm);
    KeyMetadata made =
        calls
            .send(
                KmsOperation.CREATE_KEY,
                "a key for the adoption contract",
                call,
                r ->
                    r.keySpec(scheme.spec())
                        .keyUsage(scheme.usage())
                        .description("Enclave conformance run")
                        .tags(KmsNames.tag(TAG, MADE)))
            .keyMetadata();
    boolean certain = KmsScheme.of(scheme.spec(), scheme.usage()).equals(List.of(algorithm));
    return certain ? made.arn() : made.arn() + "#" + algorithm;
  }

  @Override
  public void remove(String providerUri, CallContext call) throws BackendFailure {
    String arn = providerUri.replaceFirst("#.*", "");
    calls.send(
        KmsOperation.SCHEDULE_KEY_DELETION,
        arn,
        call,
        r -> r.keyId(arn).pendingWindowInDays(KmsKeys.ORPHAN_DAYS));
  }

  @Override
  public void close() {
    calls.gate().close();
  }
}
