package dev.enclave.auditlog.trail;

import dev.enclave.internal.ForeignText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The trace of an operation that asks for nothing but what a test tells. */
public final class TestTrace implements AuditTrail.Trace {

  private final String operationId;
  private final List<String> requests = new ArrayList<>();

  public TestTrace(String operationId) {
    this.operationId = operationId;
  }

  void providerRequestId(String id) {
    requests.add(ForeignText.of(id));
  }

  @Override
  public String operationId() {
    return operationId;
  }

  @Override
  public int attempts() {
    return 0;
  }

  @Override
  public boolean outcomeUnknown() {
    return false;
  }

  @Override
  public Optional<String> providerRequestId() {
    return requests.isEmpty() ? Optional.empty() : Optional.of(requests.get(requests.size() - 1));
  }

  @Override
  public List<String> earlierRequestIds() {
    return requests.isEmpty() ? List.of() : requests.subList(0, requests.size() - 1);
  }
}
