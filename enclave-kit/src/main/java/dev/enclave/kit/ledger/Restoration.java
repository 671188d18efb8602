package dev.enclave.kit.ledger;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.PublicKeyInfo;
import dev.enclave.kit.ledger.ServiceKey.Material;
import dev.enclave.kit.ledger.TaggedService.Making;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.backend.RestoreRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is to be taken in, and how. Versions have places, from 1.
 *
 * @param versions those with a private half, oldest first, checked
 */
record Restoration(
    KeyService service, RestoreRequest request, List<Version> versions, KeyTaker taker) {

  KeyName name() {
    return request.name();
  }

  KeyAlgorithm algorithm() {
    return request.key().algorithm();
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

  Optional<PublicKeyInfo> publicKey(int place) {
    return version(place).publicKey();
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
    return taker.bring(new Making(name(), algorithm(), tags, unit(place)), version(place), call);
  }

  /** Whether a private key is the one of that place, by the public key that the service tells. */
  boolean matches(int place, ServiceKey there, CallContext call) throws BackendFailure {
    return service.publicKey(there, algorithm(), call).equals(publicKey(place));
  }

  BackendFailure notItsPublicKey(ServiceKey brought) {
    return service
        .refusals()
        .wrongAnswer(brought.uri() + " has another public key than the key that was sent for it")
        .naming(brought.uri());
  }

  /** Switched on or off, as the version of that place is to be. */
  ServiceKey inState(int place, ServiceKey there, CallContext call) throws BackendFailure {
    boolean on = state(place) != KeyState.DISABLED;
    return (there.material() == Material.ON) == on ? there : service.turn(there, on, call);
  }
}
