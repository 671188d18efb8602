package dev.enclave.crypto;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Asserts failures by their code. */
final class Errors {

  private Errors() {}

  static void assertCode(ErrorCode code, ThrowingCallable call) {
    assertThatExceptionOfType(EnclaveException.class)
        .isThrownBy(call)
        .extracting(EnclaveException::code)
        .isEqualTo(code);
  }
}
