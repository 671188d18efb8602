package dev.enclave.jobs;

import dev.enclave.EnvironmentType;
import dev.enclave.deferred.Ticket.Status;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.deferral.Attempt;
import dev.enclave.spi.deferral.DeferralContext;
import dev.enclave.spi.deferral.StoredOperation;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** An engine whose KEK changes nothing, and which does what the test says. */
final class FakeEngine implements DeferralContext {

  private final TimeSource time;

  /** The tickets that were refused, and why. */
  final List<String> refusals = new ArrayList<>();

  final List<String> observed = new ArrayList<>();
  private boolean recording;

  int attempts;

  /** Before an attempt is answered, and before a refusal is recorded. */
  Runnable during = () -> {};

  Function<StoredOperation, Attempt> answer = operation -> new Attempt.Done("the result");

  FakeEngine(TimeSource time) {
    this.time = time;
  }

  /** Where rows are refused that were not stored. */
  FakeEngine recordingRefusals() {
    recording = true;
    return this;
  }

  @Override
  public Optional<String> setting(String name) {
    return Optional.empty();
  }

  @Override
  public EnvironmentType environment() {
    return EnvironmentType.LOCAL;
  }

  @Override
  public TimeSource time() {
    return time;
  }

  @Override
  public SecureRandom random() {
    return new SecureRandom();
  }

  @Override
  public byte[] seal(byte[] plaintext, byte[] associatedData) {
    return plaintext.clone();
  }

  @Override
  public byte[] unseal(byte[] sealed, byte[] associatedData) {
    return sealed.clone();
  }

  @Override
  public Attempt attempt(StoredOperation operation) {
    attempts++;
    during.run();
    return answer.apply(operation);
  }

  @Override
  public void ended(StoredOperation operation, Status status) {}

  @Override
  public void refused(String ticket, String why) {
    if (!recording) {
      throw new AssertionError(why);
    }
    during.run();
    refusals.add(ticket);
    observed.add(why);
  }
}
