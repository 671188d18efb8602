package dev.enclave.core.internal.key.enclave;

import dev.enclave.KeyInfo;
import dev.enclave.KeyName;
import dev.enclave.admin.RotationReason;
import dev.enclave.admin.RotationReport;
import dev.enclave.admin.RotationRequest;
import dev.enclave.admin.RotationResult;
import dev.enclave.core.internal.key.slot.SharedParts;
import dev.enclave.core.internal.key.upkeep.KeyInventory;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Rotates the keys that are due. */
final class DueRotations {

  private final SharedParts shared;
  private final String caller;
  private final List<RotationResult> rotated = new ArrayList<>();
  private final List<KeyName> overtaken = new ArrayList<>();
  private final Map<KeyName, EnclaveException> failed = new TreeMap<>();

  DueRotations(SharedParts shared, String caller) {
    this.shared = shared;
    this.caller = caller;
  }

  /**
   * What became of them.
   *
   * @param rotated by name
   * @param overtaken by name
   * @param failed by name
   */
  private record Report(
      List<RotationResult> rotated, List<KeyName> overtaken, Map<KeyName, EnclaveException> failed)
      implements RotationReport {

    Report {
      rotated = List.copyOf(rotated);
      overtaken = List.copyOf(overtaken);
      failed = Collections.unmodifiableMap(new TreeMap<>(failed));
    }
  }

  RotationReport rotate() {
    Instant now = shared.time().now();
    KeyInventory inventory = KeyInventory.read(shared, caller);
    failed.putAll(inventory.unreadable());
    for (KeyInfo key : inventory.keys()) {
      boolean due = key.nextRotationAt().filter(at -> !at.isAfter(now)).isPresent();
      if (due && key.activeVersion().isPresent()) {
        rotate(key);
      }
    }
    return new Report(rotated, overtaken, failed);
  }

  private void rotate(KeyInfo key) {
    RotationRequest request =
        RotationRequest.ifActive(key.activeVersion().orElseThrow())
            .reason(RotationReason.SCHEDULED);
    try {
      rotated.add(new KeyLookup(shared, caller).managed(key.handle()).rotate(request));
    } catch (EnclaveException e) {
      if (e.code() == ErrorCode.ROTATION_CONFLICT) {
        overtaken.add(key.name());
      } else {
        failed.put(key.name(), e);
      }
    }
  }
}
