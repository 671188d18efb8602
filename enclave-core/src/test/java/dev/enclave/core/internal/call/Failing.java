package dev.enclave.core.internal.call;

import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import java.util.ArrayList;
import java.util.List;

/** An attempt that fails as often as it is told to, and then answers. */
final class Failing implements RetryingCaller.Attempt<String> {

  static final String ANSWER = "answer";

  private final List<BackendFailure> failures;
  private final List<CallContext> calls = new ArrayList<>();

  private Failing(List<BackendFailure> failures) {
    this.failures = failures;
  }

  static Failing with(BackendFailure... failures) {
    return new Failing(List.of(failures));
  }

  static Failing times(int count, BackendFailure failure) {
    return new Failing(java.util.Collections.nCopies(count, failure));
  }

  static Failing always(BackendFailure failure) {
    return times(1_000_000, failure);
  }

  @Override
  public synchronized String run(CallContext call) throws BackendFailure {
    calls.add(call);
    if (calls.size() <= failures.size()) {
      throw failures.get(calls.size() - 1);
    }
    return ANSWER;
  }

  int attempts() {
    return calls.size();
  }

  List<CallContext> calls() {
    return calls;
  }
}
