package dev.enclave.kubernetes.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeyName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each key's Secret has a name of its own. */
class SecretNamesTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "a-",
        "a--",
        "enclave-a-key",
        "a-key",
        "abcdefghijklmnopqrstuvwxyz0123456789-----------------"
      })
  void isADnsSubdomain_thatLeadsBackToTheKey(String text) {
    KeyName name = KeyName.of(text.substring(0, Math.min(52, text.length())));
    String secret = SecretNames.of(name);
    assertThat(secret).matches("[a-z0-9]([-a-z0-9]{0,251}[a-z0-9])?");
    assertThat(SecretNames.key(secret)).hasValue(name);
  }

  @Test
  void knowsNoKeyOfAnotherName() {
    assertThat(SecretNames.key("enclave--key")).isEmpty();
    assertThat(SecretNames.key("enclave-a")).isEmpty();
    assertThat(SecretNames.key("a-key")).isEmpty();
    assertThat(SecretNames.key("enclave-1a-key")).isEmpty();
  }
}
