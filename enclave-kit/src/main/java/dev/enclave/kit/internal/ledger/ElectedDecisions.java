package dev.enclave.kit.internal.ledger;
import dev.enclave.kit.ledger.ElectionService;
public abstract class ElectedDecisions implements Decisions { public ElectedDecisions(ElectionService s){} }
