package dev.enclave.testkit.cloud;

import dev.enclave.BackendId;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.SigningInput;
import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.BackendDescription;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyAdopter;
import dev.enclave.spi.backend.KeyCreator;
import dev.enclave.spi.backend.KeyLister;
import dev.enclave.spi.backend.KeyRotator;
import dev.enclave.spi.backend.KeySigner;
import dev.enclave.spi.backend.KeyStateChanger;
import dev.enclave.spi.backend.PermissionProber;
import dev.enclave.spi.backend.RawSignature;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.testkit.cloud.CloudDirectory.Chain;
import dev.enclave.testkit.cloud.CloudKeyService.CloudKey;
import dev.enclave.testkit.cloud.CloudKeyService.Status;
import dev.enclave.testkit.cloud.CloudKeyService.Tags;
import dev.enclave.testkit.cloud.ScriptedCalls.Turn;
import dev.enclave.testkit.cloud.ScriptedCalls.Work;
import dev.enclave.testkit.internal.SteppedTime;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The client side of a cloud key service: makes versions out of single keys, with the order of
 * writes that survives a lost answer between any two of them.
 */
class CloudShapedBackend
    implements SigningBackend,
        KeyCreator,
        KeySigner,
        KeyLister,
        KeyRotator,
        KeyStateChanger,
        KeyAdopter,
        PermissionProber {

  private static final Pattern URI = Pattern.compile("cloud:keys/[0-9a-f]{16}");

  /** Longer than any reading is behind. */
  private static final Duration SEEN_BY_THEN = Duration.ofHours(1);

  private final CloudShapedProvider.Account account;
  private final CloudKeyService service;
  private final CloudDirectory directory;
  private final CloudSnapshots snapshots;
  private final BackendDescription description;
  private final CloudSignatures signatures;
  private final SecureRandom random;
  private volatile boolean closed;

  CloudShapedBackend(
      BackendId id,
      CloudShapedProvider.Account account,
      CloudSnapshots snapshots,
      SecureRandom random) {
    this.account = account;
    this.service = account.service();
    this.directory = account.variant().directory(service);
    this.snapshots = snapshots;
    this.signatures = new CloudSignatures(service, account.variant(), random);
    this.random = random;
    this.description =
        BackendDescription.of(
            id,
            "account-1",
            BackendTrait.declared(account.variant().traits()),
            account.variant().algorithms());
  }

  @Override
  public BackendDescription describe() {
    return description;
  }

  @Override
  public KeySnapshot load(KeyName name, CallContext call) throws BackendFailure {
    return play(
        CloudOperation.LOAD,
        call,
        turn -> snapshots.of(name, existing(name, call), call.time().now()));
  }

  @Override
  public Names page(Optional<String> from, CallContext call) throws BackendFailure {
    return play(CloudOperation.LIST, call, turn -> Names.whole(from, directory.names(call)));
  }

  @Override
  public HealthReport health(CallContext call) throws BackendFailure {
    return play(CloudOperation.HEALTH, call, turn -> HealthReport.HEALTHY);
  }

  @Override
  public List<Permission> permissions(CallContext call) throws BackendFailure {
    return play(CloudOperation.HEALTH, call, turn -> account.permissions());
  }

  @Override
  public KeySnapshot create(CreateRequest request, CallContext call) throws BackendFailure {
    return play(CloudOperation.CREATE, call, turn -> create(request, call, turn));
  }

  private KeySnapshot create(CreateRequest request, CallContext call, Turn turn)
      throws BackendFailure {
    Refusals.requireDeclared(description, request.algorithm());
    Chain before = directory.read(request.name(), call);
    if (!before.versions().isEmpty()) {
      return ownOrRefused(request, before, call);
    }
    CloudKey made =
        service.createKey(
            request.algorithm(),
            new Tags(
                Optional.of(request.name()),
                true,
                request.operationId(),
                Optional.of(request.stamp()),
                request.rotation()),
            call.time(),
            random);
    turn.halfway();
    if (directory.enterFirst(request.name(), made, call)) {
      Chain alone = new Chain(List.of(made), List.of(made.id()));
      return snapshots.of(request.name(), alone, call.time().now());
    }
    service.setStatus(made, Status.PENDING_DELETION, call.time().now());
    return ownOrRefused(request, directory.read(request.name(), call), call);
  }

  private KeySnapshot ownOrRefused(CreateRequest request, Chain chain, CallContext call)
      throws BackendFailure {
    if (chain.versions().isEmpty()) {
      throw BackendFailure.transientFailure(
          FailureCode.NOT_FOUND,
          "Key "
              + request.name()
              + " exists but reads do not see it yet. Try again in a few seconds.");
    }
    if (chain.versions().get(0).tags().operationId().equals(request.operationId())) {
      return snapshots.of(request.name(), chain, call.time().now());
    }
    throw Refusals.alreadyExists(request.name());
  }

  @Override
  public RawSignature sign(KeyVersionRef version, SigningInput input, CallContext call)
      throws BackendFailure {
    return play(
        CloudOperation.SIGN,
        call,
        turn -> {
          Refusals.requireTaken(description, version.algorithm(), input);
          CloudKey key = usable(version, EnumSet.of(KeyState.ACTIVE), call);
          return signatures.answer(key, input, call, turn);
        });
  }

  /** The key behind a reference, in one of these states. */
  CloudKey usable(KeyVersionRef ref, Set<KeyState> allowed, CallContext call)
      throws BackendFailure {
    Instant now = call.time().now();
    CloudKey key =
        service
            .key(ref.version().value(), now)
            .filter(found -> CloudSnapshots.uri(found.id()).equals(ref.providerUri()))
            .orElseThrow(() -> Refusals.noVersion(ref));
    Chain chain =
        key.tags().name().isPresent()
            ? existing(ref.name(), call)
            : new Chain(List.of(key), List.of(key.id()));
    if (chain.version(key.id()).isEmpty()) {
      throw Refusals.noVersion(ref);
    }
    KeyState state = snapshots.state(key, chain, now);
    if (state == KeyState.PENDING && ref.state() != KeyState.PENDING) {
      // No version becomes PENDING again: the caller may have seen more than this reading shows.
      // What uses a key at a service knows the key as it is.
      state = snapshots.state(key, existing(ref.name(), SteppedTime.of(call, SEEN_BY_THEN)), now);
    }
    if (!allowed.contains(state) && !snapshots.inGrace(ref, key, chain, now)) {
      throw Refusals.invalidState(ref, state);
    }
    return key;
  }

  @Override
  public KeyVersion prepare(RotateRequest request, CallContext call) throws BackendFailure {
    return play(CloudOperation.PREPARE, call, turn -> prepare(request, call, turn));
  }

  private KeyVersion prepare(RotateRequest request, CallContext call, Turn turn)
      throws BackendFailure {
    Chain chain = existing(request.name(), call);
    Optional<KeyVersion> before = prepared(request, chain, call);
    if (before.isPresent()) {
      return before.get();
    }
    requireActive(request, chain, call);
    Tags tags =
        new Tags(
            Optional.of(request.name()),
            false,
            request.operationId(),
            chain.versions().get(0).tags().stamp(),
            service.rotation(chain.versions().get(0), call.time().now()));
    CloudKey made =
        service.createKey(chain.versions().get(0).algorithm(), tags, call.time(), random);
    turn.halfway();
    CloudKey entered = directory.enterNext(request.name(), made, call);
    if (!entered.equals(made)) {
      service.setStatus(made, Status.PENDING_DELETION, call.time().now());
    }
    return snapshots.version(entered, directory.read(request.name(), call), call.time().now());
  }

  @Override
  public Optional<KeyVersion> prepared(RotateRequest request, CallContext call)
      throws BackendFailure {
    return play(
        CloudOperation.LOAD, call, turn -> prepared(request, existing(request.name(), call), call));
  }

  private Optional<KeyVersion> prepared(RotateRequest request, Chain chain, CallContext call) {
    return chain
        .madeBy(request.operationId())
        .map(made -> snapshots.version(made, chain, call.time().now()));
  }

  private void requireActive(RotateRequest request, Chain chain, CallContext call)
      throws BackendFailure {
    Optional<CloudKey> active =
        chain
            .version(request.expectedActive().value())
            .filter(key -> snapshots.state(key, chain, call.time().now()) == KeyState.ACTIVE);
    if (active.isEmpty()) {
      throw Refusals.conflict(request.name(), request.expectedActive());
    }
  }

  @Override
  public KeySnapshot activate(RotateRequest request, KeyVersionId next, CallContext call)
      throws BackendFailure {
    return play(CloudOperation.ACTIVATE, call, turn -> activate(request, next, call, turn));
  }

  private KeySnapshot activate(
      RotateRequest request, KeyVersionId next, CallContext call, Turn turn) throws BackendFailure {
    Chain chain = existing(request.name(), call);
    CloudKey successor =
        chain.version(next.value()).orElseThrow(() -> Refusals.noVersion(request.name(), next));
    boolean done = chain.successions().contains(successor.id());
    if (done && !chain.headIs(successor.id())) {
      return snapshots.of(request.name(), chain, call.time().now());
    }
    if (!done) {
      requireActive(request, chain, call);
      // Before the claim, so that both are one decision for whoever reads.
      service.noteDisabling(
          successor,
          request.retiredState() == KeyState.DISABLED
              ? Optional.of(request.expectedActive().value())
              : Optional.empty());
      if (!directory.succeed(request.name(), request.expectedActive().value(), successor, call)) {
        throw Refusals.conflict(request.name(), request.expectedActive());
      }
      turn.halfway();
    }
    CloudKey replaced = chain.version(request.expectedActive().value()).orElseThrow();
    Instant now = call.time().now();
    Map<String, KeyState> written = new HashMap<>();
    if (!done) {
      written.put(successor.id(), KeyState.ACTIVE);
      written.put(replaced.id(), KeyState.VERIFY_ONLY);
    }
    if (request.retiredState() == KeyState.DISABLED
        && service.status(replaced, now) == Status.ENABLED) {
      service.setStatus(replaced, Status.DISABLED, now);
      written.put(replaced.id(), KeyState.DISABLED);
    }
    disableReplaced(chain, now);
    return snapshots.of(request.name(), chain, written, now);
  }

  /** Of rotations that ended before they had done it. */
  private void disableReplaced(Chain chain, Instant now) {
    for (CloudKey key : chain.versions()) {
      if (snapshots.state(key, chain, now) == KeyState.DISABLED) {
        service.setStatus(key, Status.DISABLED, now);
      }
    }
  }

  @Override
  public KeySnapshot changeInterval(KeyName name, RotationInterval interval, CallContext call)
      throws BackendFailure {
    return play(
        CloudOperation.CHANGE_INTERVAL,
        call,
        turn -> {
          Chain chain = existing(name, call);
          Instant now = call.time().now();
          service.setRotation(chain.versions().get(0), interval, now);
          return snapshots.of(name, chain, now).withRotation(interval);
        });
  }

  @Override
  public KeySnapshot changeState(KeyVersionRef ref, KeyState target, CallContext call)
      throws BackendFailure {
    return play(CloudOperation.CHANGE_STATE, call, turn -> change(ref, target, call));
  }

  private KeySnapshot change(KeyVersionRef ref, KeyState target, CallContext call)
      throws BackendFailure {
    Chain chain = existing(ref.name(), call);
    CloudKey key = chain.version(ref.version().value()).orElseThrow(() -> Refusals.noVersion(ref));
    Instant now = call.time().now();
    KeyState state = snapshots.state(key, chain, now);
    if (state == KeyState.DESTROYED && target != KeyState.DESTROYED) {
      throw Refusals.invalidState(ref, state);
    }
    switch (target) {
      case DESTROYED -> service.setStatus(key, Status.PENDING_DELETION, now);
      case DISABLED -> service.setStatus(key, Status.DISABLED, now);
      case VERIFY_ONLY -> {
        service.setRetired(key, true, now);
        service.setStatus(key, Status.ENABLED, now);
      }
      case ACTIVE -> makeActive(ref, key, chain, call);
      case PENDING -> throw Refusals.invalidState(ref, state);
    }
    return snapshots.of(ref.name(), chain, Map.of(key.id(), target), now);
  }

  private void makeActive(KeyVersionRef ref, CloudKey key, Chain chain, CallContext call)
      throws BackendFailure {
    if (!chain.headIs(key.id())) {
      disableReplaced(chain, call.time().now());
      service.noteDisabling(key, Optional.empty());
      String head = chain.successions().get(chain.successions().size() - 1);
      CloudKey active = chain.version(head).orElseThrow();
      if (snapshots.state(active, chain, call.time().now()) == KeyState.ACTIVE
          || !directory.succeed(ref.name(), head, key, call)) {
        throw Refusals.otherActive(ref);
      }
    }
    service.setRetired(key, false, call.time().now());
    service.setStatus(key, Status.ENABLED, call.time().now());
  }

  @Override
  public KeySnapshot adopt(KeyName name, String providerUri, CallContext call)
      throws BackendFailure {
    return play(
        CloudOperation.ADOPT,
        call,
        turn -> {
          if (!URI.matcher(providerUri).matches()) {
            throw Refusals.notAKey("cloud", CloudSnapshots.uri("0123456789abcdef"));
          }
          CloudKey key =
              service
                  .key(providerUri.substring(CloudSnapshots.URI_PREFIX.length()), call.time().now())
                  .orElseThrow(() -> Refusals.noForeignKey("cloud"));
          Refusals.requireDeclared(description, key.algorithm());
          return snapshots.ofForeign(name, key, call.time().now());
        });
  }

  @Override
  public void close() {
    closed = true;
  }

  private Chain existing(KeyName name, CallContext call) throws BackendFailure {
    Chain chain = directory.read(name, call);
    if (chain.versions().isEmpty()) {
      throw Refusals.noKey(name);
    }
    return chain;
  }

  <T> T play(CloudOperation operation, CallContext call, Work<T> work) throws BackendFailure {
    if (closed) {
      throw Refusals.closed(description);
    }
    Refusals.requireTime(call);
    if (account.denied().contains(operation)) {
      throw Refusals.denied(operation.permission());
    }
    return account.calls().play(operation, call, work);
  }
}
