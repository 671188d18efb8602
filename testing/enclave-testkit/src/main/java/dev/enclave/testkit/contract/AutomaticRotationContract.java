package dev.enclave.testkit.contract;

import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.testkit.internal.bench.KeptPublicKeys;
import dev.enclave.testkit.internal.bench.RotatedWhileSigning;
import dev.enclave.testkit.internal.bench.Workbench;
import java.time.Duration;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;

/**
 * Keys that become due are rotated by an open Enclave while others sign, and nobody who signs or
 * verifies is the worse for it. Needs the engine on the class path. No time passes: the wall clock
 * of the harness jumps to when the keys are due.
 */
public interface AutomaticRotationContract extends BackendUnderTest {

  @Test
  default void rotatesDueKeysByItself_whileSixteenThreadsSign() {
    Workbench.with(
        harness(),
        EnumSet.of(
            BackendTrait.CREATES, BackendTrait.SIGNS, BackendTrait.LISTS, BackendTrait.ROTATES),
        bench -> new RotatedWhileSigning(bench, Duration.ZERO).play());
  }

  /** In two acts: the next version is made and published, and signs once verifiers know it. */
  @Test
  default void publishesAheadAndThenActivates_whileSixteenThreadsSign() {
    Workbench.with(
        harness(),
        EnumSet.of(
            BackendTrait.CREATES, BackendTrait.SIGNS, BackendTrait.LISTS, BackendTrait.ROTATES),
        bench -> new RotatedWhileSigning(bench, Duration.ofMinutes(20)).play());
  }

  @Test
  default void destroysWhatWasReplacedLongAgoByItself_onceSomethingKeepsItsPublicKey() {
    Workbench.with(
        harness(),
        EnumSet.of(
            BackendTrait.CREATES,
            BackendTrait.SIGNS,
            BackendTrait.LISTS,
            BackendTrait.ROTATES,
            BackendTrait.CHANGES_STATE),
        bench -> new KeptPublicKeys(bench).requireKeptByItself());
  }
}
