package dev.enclave.cryptoki;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import org.junit.jupiter.api.Test;

class CryptokiExceptionTest {

  @Test
  void saysTheFunctionTheNameAndTheNumber() {
    CryptokiException failure = new CryptokiException("C_Login", 0xa4);
    assertThat(failure).hasMessage("C_Login returned CKR_PIN_LOCKED (0xa4).");
    assertThat(failure.function()).isEqualTo("C_Login");
    assertThat(failure.name()).isEqualTo("CKR_PIN_LOCKED");
    assertThat(failure.code()).isEqualTo(0xa4);
  }

  @Test
  void saysTheNumberOfWhatTheStandardDoesNotName() {
    assertThat(new CryptokiException("C_Sign", 0x80000065L))
        .hasMessage("C_Sign returned CKR_OTHER (0x80000065).");
    assertThat(CryptokiException.nameOf(4)).isEqualTo("CKR_OTHER");
    assertThat(CryptokiException.nameOf(-1)).isEqualTo("CKR_OTHER");
  }

  /** Numbers of hexadecimal digits alone, and those that are longer than others. */
  @Test
  void knowsNumbersOfAllLengths() {
    assertThat(CryptokiException.nameOf(0)).isEqualTo("CKR_OK");
    assertThat(CryptokiException.nameOf(0xa)).isEqualTo("CKR_CANT_LOCK");
    assertThat(CryptokiException.nameOf(0xa0)).isEqualTo("CKR_PIN_INCORRECT");
    assertThat(CryptokiException.nameOf(0x1b8)).isEqualTo("CKR_PIN_TOO_WEAK");
    assertThat(CryptokiException.nameOf(0x201)).isEqualTo("CKR_TOKEN_RESOURCE_EXCEEDED");
  }

  @Test
  void namesTheValuesThatTheBindingKnowsAsTheyAreCalled() throws Exception {
    int values = 0;
    for (Field each : Ck.class.getDeclaredFields()) {
      if (each.getName().startsWith("CKR_")) {
        assertThat(CryptokiException.nameOf(each.getLong(null))).isEqualTo(each.getName());
        values++;
      }
    }
    assertThat(values).isGreaterThan(5);
  }
}
