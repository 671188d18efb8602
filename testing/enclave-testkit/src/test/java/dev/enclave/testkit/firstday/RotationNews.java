package dev.enclave.testkit.firstday;

import dev.enclave.KeyInfo;
import dev.enclave.KeyName;
import dev.enclave.admin.RotationListener;
import dev.enclave.admin.RotationResult;
import dev.enclave.error.EnclaveException;
import java.time.Instant;
import java.util.Queue;

// region news
/** Given to {@code EnclaveFactory.builder().onRotation(…)}: publishes what has changed. */
final class RotationNews implements RotationListener {

  private final Queue<String> toPublish;

  RotationNews(Queue<String> toPublish) {
    this.toPublish = toPublish;
  }

  @Override
  public void rotated(RotationResult result) {
    toPublish.add(result.key().name() + ": version " + result.active().id() + " signs now");
  }

  @Override
  public void overtaken(KeyInfo key) {
    toPublish.add(key.name() + ": somebody else rotated it");
  }

  @Override
  public void failed(KeyName key, EnclaveException failure, Instant nextAttempt) {
    toPublish.add(key + ": " + failure.code() + ", tried again at " + nextAttempt);
  }
}
// endregion
