package dev.enclave.aws.internal.versions;

import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.aws.internal.calls.KmsOperation;
import dev.enclave.aws.internal.calls.KmsRefusals;
import dev.enclave.aws.internal.keys.KmsKeys;
import dev.enclave.aws.internal.model.KmsAliases;
import dev.enclave.aws.internal.model.KmsKey;
import dev.enclave.aws.internal.model.KmsTags;
import dev.enclave.aws.internal.model.KmsVersionChain;
import dev.enclave.kit.key.MovedTags;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.KeyStateChanger;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.kms.model.KeyMetadata;

/** Switches versions off and on, and destroys them. */
public final class KmsStateChanger implements KeyStateChanger {

  private final KmsKeys keys;
  private final int destroyedAfter;

  /**
   * @param destroyedAfter days until a version that has been in use is gone for good
   */
  public KmsStateChanger(KmsKeys keys, int destroyedAfter) {
    this.keys = keys;
    this.destroyedAfter = destroyedAfter;
  }

  @Override
  public KeySnapshot changeState(KeyVersionRef ref, KeyState target, CallContext call)
      throws BackendFailure {
    KmsVersionChain chain = keys.existing(ref.name(), call);
    KmsKey key =
        chain
            .version(ref.version().value())
            .orElseThrow(() -> KmsRefusals.COMMON.noVersion(ref.name(), ref.version()));
    KeyState state = chain.state(key, call.time().now());
    boolean unfinished = target == KeyState.DISABLED && !key.disabled();
    if (state == target && !unfinished) {
      return keys.snapshots().of(chain, call);
    }
    if (state == KeyState.DESTROYED) {
      throw KmsRefusals.COMMON.invalidState(ref.name(), ref.version(), state);
    }
    switch (target) {
      case DESTROYED -> destroy(chain, key, state, call);
      case DISABLED -> disable(key, call);
      case VERIFY_ONLY -> {
        keys.directory().tag(key, KmsTags.RETIRED, "0", call);
        enable(key, call);
      }
      case ACTIVE -> makeActive(chain, key, call);
      case PENDING -> throw KmsRefusals.COMMON.invalidState(ref.name(), ref.version(), state);
    }
    return BackendFailure.afterChange(
        changed(ref.name(), key, target),
        () -> {
          KeySnapshot after = keys.snapshots().of(chain, Map.of(key.id(), target), call);
          return target == KeyState.ACTIVE ? after.withMovedTo(Optional.empty()) : after;
        });
  }

  /** Tags of the version that was retired: it stays as long as it verifies. */
  @Override
  public Optional<KeySnapshot> recordMove(KeyVersionRef ref, KeyHandle to, CallContext call)
      throws BackendFailure {
    Optional<Map<String, String>> tags = MovedTags.of(KmsTags.MOVED, to);
    if (tags.isEmpty()) {
      return Optional.empty();
    }
    KmsVersionChain chain = keys.existing(ref.name(), call);
    KmsKey key =
        chain
            .version(ref.version().value())
            .orElseThrow(() -> KmsRefusals.COMMON.noVersion(ref.name(), ref.version()));
    if (!key.tags().moved().equals(Optional.of(to))) {
      for (Map.Entry<String, String> tag : tags.get().entrySet()) {
        keys.directory().tag(key, tag.getKey(), tag.getValue(), call);
      }
    }
    return Optional.of(
        BackendFailure.afterChange(
            "Version " + key.version() + " of key " + ref.name() + " says where the key went.",
            () -> keys.snapshots().of(chain, call).withMovedTo(Optional.of(to))));
  }

  private static String changed(KeyName name, KmsKey key, KeyState state) {
    return "Version " + key.version() + " of key " + name + " was made " + state + ".";
  }

  /** Destroys a version that was never active, and that nobody is to activate any more. */
  void giveUp(KmsVersionChain chain, KmsKey prepared, CallContext call) throws BackendFailure {
    destroy(chain, prepared, KeyState.PENDING, call);
  }

  private void destroy(KmsVersionChain chain, KmsKey key, KeyState state, CallContext call)
      throws BackendFailure {
    // It may be the one that says so.
    disableAll(chain.notYetDisabled(), call);
    for (KmsKey other : chain.versions().values()) {
      if (!other.doomed() && !other.id().equals(key.id())) {
        settle(chain, other, key, call);
        keepActivation(chain, other, key, call);
        // One that was made while the interval was changed may not have been told.
        keys.directory().tell(other, chain.rotation(), call);
      }
    }
    moveHintFrom(chain, key, call);
    int days = state == KeyState.PENDING ? KmsKeys.ORPHAN_DAYS : destroyedAfter;
    // Last: what fails before it leaves the version as it was.
    keys.scheduleDeletion(key, days, call);
  }

  /**
   * Whether {@code other} was replaced is to be certain before {@code leaving} is gone, since then
   * nobody can tell an intention from what was carried out.
   */
  private void settle(KmsVersionChain chain, KmsKey other, KmsKey leaving, CallContext call)
      throws BackendFailure {
    Optional<KmsTags.Replacement> intention =
        other.tags().replacement().filter(by -> by.activation() > chain.activationOf(other));
    if (intention.isEmpty()) {
      return;
    }
    if (chain.activations().containsKey(intention.get().activation())) {
      if (!chain.retired(other)) {
        keys.directory().confirmReplaced(other, intention.get().activation(), call);
      }
    } else if (intention.get().keyId().equals(leaving.id())) {
      keys.directory().untag(other, call, KmsTags.REPLACEMENT);
    }
  }

  /** When another became active only {@code leaving} tells, if it is the one that was replaced. */
  private void keepActivation(KmsVersionChain chain, KmsKey other, KmsKey leaving, CallContext call)
      throws BackendFailure {
    int activation = chain.activationOf(other);
    Optional<KmsTags.Replacement> by =
        leaving.tags().replacement().filter(r -> r.activation() == activation && activation > 0);
    if (by.isPresent() && other.tags().activated().isEmpty()) {
      KmsTags.Activated activated = new KmsTags.Activated(activation, by.get().at());
      keys.directory().tag(other, KmsTags.ACTIVATED, activated.value(), call);
    }
  }

  /** The hint would vanish with the key, and with it the shortest way to the others. */
  private void moveHintFrom(KmsVersionChain chain, KmsKey key, CallContext call)
      throws BackendFailure {
    Instant now = call.time().now();
    Optional<KmsKey> best =
        chain.versions().values().stream()
            .filter(other -> !other.doomed() && !other.id().equals(key.id()))
            .max(
                Comparator.comparing((KmsKey other) -> chain.state(other, now) == KeyState.ACTIVE)
                    .thenComparing(chain::numberOf));
    if (best.isPresent()
        && keys.directory()
            .describe(KmsAliases.hint(chain.name()), call)
            .map(KeyMetadata::keyId)
            .filter(key.id()::equals)
            .isPresent()) {
      keys.hint(chain, best.get(), call);
    }
  }

  private void makeActive(KmsVersionChain chain, KmsKey key, CallContext call)
      throws BackendFailure {
    KeyName name = chain.name();
    if (!chain.headIs(key)) {
      // What it says of the version that it replaced before is said no more.
      disableAll(chain.notYetDisabled(), call);
      if (chain.active(call.time().now()).isPresent()) {
        throw KmsRefusals.COMMON.otherActive(name, key.version());
      }
      KmsTags.Activated activated =
          keys.directory()
              .succeed(chain, key, false, call)
              .orElseThrow(() -> KmsRefusals.COMMON.otherActive(name, key.version()));
      keys.snapshots().noteActivated(key, activated);
    }
    BackendFailure.afterChange(
        changed(name, key, KeyState.ACTIVE),
        () -> {
          if (key.tags().retired().isPresent() || key.tags().replacement().isPresent()) {
            keys.directory().untag(key, call, KmsTags.RETIRED, KmsTags.REPLACEMENT);
          }
          if (key.tags().moved().isPresent()) {
            keys.directory()
                .untag(key, call, MovedTags.names(KmsTags.MOVED).toArray(String[]::new));
          }
          enable(key, call);
          keys.hint(chain, key, call);
          return key;
        });
  }

  void enable(KmsKey key, CallContext call) throws BackendFailure {
    if (key.disabled()) {
      keys.calls()
          .send(
              KmsOperation.ENABLE_KEY,
              key.arn(),
              call,
              (kms, limits) -> kms.enableKey(r -> r.keyId(key.id()).overrideConfiguration(limits)));
    }
  }

  /** Disables them, and says so by the ids of their KMS keys. */
  Map<String, KeyState> disableAll(Collection<KmsKey> all, CallContext call) throws BackendFailure {
    Map<String, KeyState> written = new HashMap<>();
    for (KmsKey key : all) {
      disable(key, call);
      written.put(key.id(), KeyState.DISABLED);
    }
    return written;
  }

  public void disable(KmsKey key, CallContext call) throws BackendFailure {
    keys.calls()
        .send(
            KmsOperation.DISABLE_KEY,
            key.arn(),
            call,
            (kms, limits) -> kms.disableKey(r -> r.keyId(key.id()).overrideConfiguration(limits)));
  }
}
