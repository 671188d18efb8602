package dev.enclave.core.internal.use;

import dev.enclave.Bytes;
import dev.enclave.KeyVersionId;
import dev.enclave.admin.ManagedKey;
import dev.enclave.admin.ManagedKey.Chain;
import dev.enclave.admin.ManagedKey.Check;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A statement with what was checked of it. */
record EngineAttestation(
    KeyVersionId version,
    String format,
    Bytes statement,
    List<Chain> chains,
    Map<String, String> facts,
    Set<Check> checks,
    List<String> doubts)
    implements ManagedKey.Attestation {
  EngineAttestation {
    chains = List.copyOf(chains);
    checks = Set.copyOf(checks);
    doubts = List.copyOf(doubts);
    facts = Collections.unmodifiableMap(new TreeMap<>(facts));
  }
}
