package dev.enclave.aws.internal.keys;

import dev.enclave.KeyName;
import dev.enclave.aws.internal.calls.KmsCalls;
import dev.enclave.aws.internal.calls.KmsOperation;
import dev.enclave.aws.internal.calls.KmsRefusals;
import dev.enclave.aws.internal.model.KmsAliases;
import dev.enclave.aws.internal.model.KmsArns;
import dev.enclave.aws.internal.model.KmsKey;
import dev.enclave.aws.internal.model.KmsScheme;
import dev.enclave.aws.internal.model.KmsTags;
import dev.enclave.aws.internal.model.KmsVersionChain;
import dev.enclave.kit.key.LastToSign;
import dev.enclave.kit.key.LeftOver;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import java.lang.System.Logger.Level;
import software.amazon.awssdk.services.kms.model.CreateKeyResponse;
import software.amazon.awssdk.services.kms.model.KeyMetadata;
import software.amazon.awssdk.services.kms.model.OriginType;

/** Reads and makes KMS keys: what all operations on versions share. Thread-safe. */
public final class KmsKeys {

  /** For a key nobody can have used; the shortest that KMS allows. */
  public static final int ORPHAN_DAYS = 7;

  private static final System.Logger LOG = System.getLogger("dev.enclave");

  private final KmsCalls calls;
  private final KmsDirectory directory;
  private final LastToSign lastToSign;
  private final KmsSnapshots snapshots;

  public KmsKeys(
      KmsCalls calls, KmsDirectory directory, LastToSign lastToSign, KmsSnapshots snapshots) {
    this.calls = calls;
    this.directory = directory;
    this.lastToSign = lastToSign;
    this.snapshots = snapshots;
  }

  public KmsCalls calls() {
    return calls;
  }

  public KmsDirectory directory() {
    return directory;
  }

  public LastToSign lastToSign() {
    return lastToSign;
  }

  public KmsSnapshots snapshots() {
    return snapshots;
  }

  /** The key as KMS shows it. */
  public KeySnapshot load(KeyName name, CallContext call) throws BackendFailure {
    return snapshots.of(existing(name, call), call);
  }

  public KmsVersionChain existing(KeyName name, CallContext call) throws BackendFailure {
    KmsVersionChain chain = directory.read(name, call);
    if (chain.isEmpty()) {
      throw KmsRefusals.noKey(name);
    }
    return chain;
  }

  /** A new KMS key that no alias names yet. */
  public KmsKey make(KmsTags tags, KmsScheme scheme, CallContext call) throws BackendFailure {
    return make(tags, scheme, OriginType.AWS_KMS, call);
  }

  /** The same without material, which is to be imported. */
  public KmsKey makeEmpty(KmsTags tags, KmsScheme scheme, CallContext call) throws BackendFailure {
    return make(tags, scheme, OriginType.EXTERNAL, call);
  }

  private KmsKey make(KmsTags tags, KmsScheme scheme, OriginType origin, CallContext call)
      throws BackendFailure {
    CreateKeyResponse answer =
        calls.send(
            KmsOperation.CREATE_KEY,
            "a new version of key " + tags.name().orElseThrow(),
            call,
            (kms, limits) ->
                kms.createKey(
                    r ->
                        r.keySpec(scheme.spec())
                            .keyUsage(scheme.usage())
                            .origin(origin)
                            .description("Enclave key " + tags.name().orElseThrow())
                            .tags(tags.toTags())
                            .overrideConfiguration(limits)));
    KmsKey made = new KmsKey(answer.keyMetadata(), tags);
    if (!KmsArns.agree(made.arn(), made.id())) {
      throw KmsRefusals.COMMON.wrongAnswer("what it made is no KMS key");
    }
    calls.noteMade(made.id(), call);
    KeyMetadata metadata = made.metadata();
    String asked = scheme.spec() + " for " + scheme.usage() + " of origin " + origin;
    String got =
        metadata.keySpecAsString()
            + " for "
            + metadata.keyUsageAsString()
            + " of origin "
            + metadata.originAsString();
    if (!got.equals(asked)) {
      throw KmsRefusals.COMMON.wrongAnswer(
          "it was asked for a key " + asked + " and made one " + got);
    }
    if (made.empty() != (origin == OriginType.EXTERNAL)) {
      throw KmsRefusals.COMMON.wrongAnswer(
          "the key that it made of origin " + origin + " is " + metadata.keyStateAsString());
    }
    return made;
  }

  /** Gives up a KMS key that lost a race. */
  public void discard(KmsKey orphan, CallContext call) {
    LeftOver.giveUp("KMS key " + orphan.id(), () -> scheduleDeletion(orphan, ORPHAN_DAYS, call));
  }

  public void scheduleDeletion(KmsKey key, int days, CallContext call) throws BackendFailure {
    calls.send(
        KmsOperation.SCHEDULE_KEY_DELETION,
        key.arn(),
        call,
        (kms, limits) ->
            kms.scheduleKeyDeletion(
                r -> r.keyId(key.id()).pendingWindowInDays(days).overrideConfiguration(limits)));
  }

  /**
   * Lets the hint name the active version. It is for people; what is for good refused is logged and
   * not held against the operation, which is done. Who let it name another KMS key, as one rotates
   * in the console, is told and not overruled.
   */
  public void hint(KmsVersionChain chain, KmsKey key, CallContext call) throws BackendFailure {
    KeyName name = chain.name();
    try {
      snapshots.noteHint(chain, key, directory.hint(chain, key, call));
    } catch (BackendFailure e) {
      if (e.failureClass() != dev.enclave.spi.FailureClass.PERMANENT
          || e.code() == FailureCode.CLOSED) {
        throw e;
      }
      LOG.log(
          Level.WARNING,
          "{0} does not name the active version of the key: {1}",
          KmsAliases.hint(name),
          e.getMessage());
    }
  }
}
