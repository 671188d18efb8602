package dev.enclave.kit.internal.ledger;
import dev.enclave.kit.ledger.AliasService;
public abstract class AliasDecisions implements Decisions { public AliasDecisions(AliasService s){} }
