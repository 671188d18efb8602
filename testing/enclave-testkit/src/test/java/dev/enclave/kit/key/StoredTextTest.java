package dev.enclave.kit.key;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.EnvironmentType;
import dev.enclave.RotationInterval;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoredTextTest {

  @ParameterizedTest
  @CsvSource({"1,1", "42,42", "9999,9999", "10001,10000", "99999,10000"})
  void readsNumbersUpToABound(String text, int number) {
    assertThat(StoredText.number(text)).isEqualTo(number);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "01", "-1", "1.5", "100000", "one", "1 "})
  void whatIsNoNumberIsNone(String text) {
    assertThat(StoredText.number(text)).isZero();
  }

  @Test
  void readsWhatWasWritten() {
    Instant instant = Instant.parse("2026-11-25T10:15:30.123Z");
    assertThat(StoredText.instant(Long.toString(instant.toEpochMilli()))).contains(instant);
    assertThat(StoredText.name("wallet-42")).map(Object::toString).contains("wallet-42");
    assertThat(StoredText.interval(RotationInterval.POLICY.toString()))
        .contains(RotationInterval.POLICY);
    assertThat(StoredText.constant(EnvironmentType.values(), "STAGING"))
        .contains(EnvironmentType.STAGING);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Ünknown", "1e9", "99999999999999999", "-", "\u0000"})
  void whatWasMangledIsAbsent(String text) {
    assertThat(StoredText.instant(text)).isEmpty();
    assertThat(StoredText.name(text)).isEmpty();
    assertThat(StoredText.interval(text)).isEmpty();
    assertThat(StoredText.constant(EnvironmentType.values(), text)).isEmpty();
  }
}
