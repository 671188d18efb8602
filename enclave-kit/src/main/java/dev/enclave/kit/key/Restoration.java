package dev.enclave.kit.key;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.kit.key.ServiceKey.Material;
import dev.enclave.kit.key.TaggedService.Making;
import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.RestoreRequest;
import java.util.List;
import java.util.Map;

/**
 * What is to be taken in, and how. Versions have places, from 1.
 *
 * @param versions those with a private half, oldest first, checked
 */
record Restoration(
    KeyService service, RestoreRequest request, List<Version> versions, KeyTaker taker) {

  /**
   * Of all versions of a backup that have a private half, before anything is sent.
   *
   * @throws BackendFailure when the service does not take the algorithm, {@link
   *     FailureCode#REJECTED} when there is none, or as {@link KeyTaker#check}
   */
  static Restoration checked(KeyService service, RestoreRequest request, KeyTaker taker)
      throws BackendFailure {
    KeyAlgorithm algorithm = request.key().algorithm();
    if (!taker.support().algorithms().contains(algorithm)) {
      throw taker.notTaken(algorithm);
    }
    List<Version> versions =
        request.key().versions().stream().filter(v -> v.material().isPresent()).toList();
    if (versions.isEmpty()) {
      throw Texts.NO_PRIVATE_KEY.permanent(FailureCode.REJECTED, request.name());
    }
    for (Version version : versions) {
      taker.check(version, algorithm);
    }
    return new Restoration(service, request, versions, taker);
  }

  /** Refuses one that begins with a version that never was active, where the first one is. */
  void requireBegun() throws BackendFailure {
    if (state(1) == KeyState.PENDING) {
      throw Texts.OLDEST_NEVER_ACTIVE.permanent(FailureCode.REJECTED, name());
    }
  }

  KeyName name() {
    return request.name();
  }

  String operationId() {
    return request.operationId();
  }

  int places() {
    return versions.size();
  }

  Version version(int place) {
    return versions.get(place - 1);
  }

  KeyState state(int place) {
    return version(place).state();
  }

  /** The place of the active version; 0 if there is none. */
  int active() {
    int place = places();
    while (place > 0 && state(place) != KeyState.ACTIVE) {
      place--;
    }
    return place;
  }

  /** What tells the private key of a place from all others. */
  String unit(int place) {
    return operationId() + "/" + place;
  }

  ServiceKey bring(int place, Map<String, String> tags, CallContext call) throws BackendFailure {
    return taker.bring(
        new Making(name(), request.key().algorithm(), tags, unit(place)), version(place), call);
  }

  /** Whether a private key is the one of that place, by the public key that the service tells. */
  boolean matches(int place, ServiceKey there, CallContext call) throws BackendFailure {
    return service
        .publicKey(there, request.key().algorithm(), call)
        .equals(version(place).publicKey());
  }

  BackendFailure notItsPublicKey(ServiceKey brought) {
    return service
        .refusals()
        .wrongAnswer(Texts.ANOTHER_PUBLIC_KEY.with(brought.uri()))
        .naming(brought.uri());
  }

  /** Switched on or off, as the version of that place is to be. */
  ServiceKey inState(int place, ServiceKey there, CallContext call) throws BackendFailure {
    boolean on = state(place) != KeyState.DISABLED;
    return (there.material() == Material.ON) == on ? there : service.turn(there, on, call);
  }
}
