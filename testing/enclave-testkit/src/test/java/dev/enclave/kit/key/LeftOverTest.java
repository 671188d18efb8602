package dev.enclave.kit.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.KeyName;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LeftOverTest {

  private static final KeyName KEY = KeyName.of("wallet");

  private final List<String> done = new ArrayList<>();

  private LeftOver.Seen seen(boolean wanted) {
    done.add("look");
    return new LeftOver.Seen(wanted, () -> done.add("on"), () -> done.add("give up"));
  }

  @Test
  void destroysWhatNobodyWants_onceItIsOff() throws BackendFailure {
    assertThat(LeftOver.discard(KEY, "2", () -> done.add("off"), () -> Optional.of(seen(false))))
        .isTrue();
    assertThat(done).containsExactly("off", "look", "give up");
  }

  @Test
  void switchesOnAgain_whatSomebodyActivated() throws BackendFailure {
    assertThat(LeftOver.discard(KEY, "2", () -> done.add("off"), () -> Optional.of(seen(true))))
        .isFalse();
    assertThat(done).containsExactly("off", "look", "on");
  }

  @Test
  void isDone_withWhatIsGone() throws BackendFailure {
    assertThat(LeftOver.discard(KEY, "2", () -> done.add("off"), Optional::empty)).isTrue();
    assertThat(done).containsExactly("off");
  }

  @Test
  void saysThatTheVersionIsOff_whenItCannotLookAgain() {
    BackendFailure failure =
        catchThrowableOfType(
            BackendFailure.class,
            () ->
                LeftOver.discard(
                    KEY,
                    "2",
                    () -> done.add("off"),
                    () -> {
                      throw BackendFailure.transientFailure(FailureCode.TIMEOUT, "No answer.");
                    }));

    assertThat(failure.failureClass()).isEqualTo(FailureClass.AMBIGUOUS);
    assertThat(failure).hasMessageStartingWith("Version 2 of key wallet was switched off.");
  }
}
