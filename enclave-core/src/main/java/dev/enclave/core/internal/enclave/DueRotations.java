package dev.enclave.core.internal.enclave;

import dev.enclave.KeyInfo;
import dev.enclave.KeyName;
import dev.enclave.admin.KeyListing;
import dev.enclave.admin.RotationReason;
import dev.enclave.admin.RotationReport;
import dev.enclave.admin.RotationRequest;
import dev.enclave.admin.RotationResult;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.lifecycle.KeyInventory;
import dev.enclave.core.internal.lifecycle.RotateOperation;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Rotates the keys that are due. */
final class DueRotations {

  private final KeyLookup lookup;
  private final List<RotationResult> rotated = new ArrayList<>();
  private final List<KeyName> published = new ArrayList<>();
  private final List<KeyName> overtaken = new ArrayList<>();
  private final Map<KeyName, EnclaveException> failed = new TreeMap<>();

  DueRotations(KeyLookup lookup) {
    this.lookup = lookup;
  }

  RotationReport rotate() {
    Instant now = lookup.operations().time().now();
    KeyListing all = KeyInventory.read(lookup.operations(), lookup.caller());
    failed.putAll(all.unreadable());
    for (KeyInfo key : all.keys()) {
      if (key.active().isPresent()) {
        if (due(key.nextPublicationAt(), now)) {
          attempt(key, this::publish);
        } else if (due(key.nextRotationAt(), now)) {
          attempt(key, this::rotate);
        }
      }
    }
    return new RotationReport(rotated, published, overtaken, failed);
  }

  private static boolean due(Optional<Instant> at, Instant now) {
    return at.filter(due -> !due.isAfter(now)).isPresent();
  }

  private void attempt(KeyInfo key, Consumer<KeyInfo> step) {
    try {
      step.accept(key);
    } catch (EnclaveException e) {
      if (e.code() == ErrorCode.ROTATION_CONFLICT) {
        overtaken.add(key.name());
      } else {
        failed.put(key.name(), e);
      }
    }
  }

  private void publish(KeyInfo key) {
    lookup.managed(key.handle()).publishNext();
    published.add(key.name());
  }

  private void rotate(KeyInfo key) {
    RotationRequest request =
        RotationRequest.ifActive(key.active().orElseThrow().id()).reason(RotationReason.SCHEDULED);
    CachedKey slot = lookup.keys().slot(key.handle());
    rotated.add(
        lookup
            .operations()
            .by(lookup.caller())
            .on(slot)
            .run(new RotateOperation(request, lookup.rules().life().publishAhead(key.purpose()))));
  }
}
