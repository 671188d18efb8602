package dev.enclave.os.internal.macos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SecretBytes;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said for each OSStatus. No Mac was there: the calls themselves have never run. */
class KeychainPlaceTest {

  /** A keychain made of a map, or one that answers everything with a status. */
  private static final class FakeKeychain implements Keychain {

    private final Map<String, byte[]> items = new HashMap<>();
    private final int status;

    FakeKeychain(int status) {
      this.status = status;
    }

    private void answer() throws OsStatusException {
      if (status != 0) {
        throw new OsStatusException(status);
      }
    }

    @Override
    public void add(String account, byte[] secret) throws OsStatusException {
      answer();
      items.put(account, secret.clone());
    }

    @Override
    public Optional<byte[]> find(String account) throws OsStatusException {
      answer();
      return Optional.ofNullable(items.get(account)).map(byte[]::clone);
    }

    @Override
    public boolean has(String account) throws OsStatusException {
      answer();
      return items.containsKey(account);
    }

    @Override
    public void delete(String account) throws OsStatusException {
      answer();
      items.remove(account);
    }
  }

  @Test
  void keepsFindsAndRemoves() throws Exception {
    FakeKeychain keychain = new FakeKeychain(0);
    KeychainPlace place = new KeychainPlace(() -> keychain);
    try (SecretBytes key = SecretBytes.takeOver(new byte[] {1, 2, 3})) {
      place.keep("store", key);
    }
    assertThat(place.has("store")).isTrue();
    try (SecretBytes found = place.find("store").orElseThrow()) {
      assertThat(found.exposeSecret()).containsExactly(1, 2, 3);
    }
    place.remove("store");
    assertThat(place.has("store")).isFalse();
    assertThat(place.find("store")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "-25308, ACCESS_DENIED, errSecInteractionNotAllowed, security unlock-keychain",
    "-25315, ACCESS_DENIED, errSecInteractionRequired, security unlock-keychain",
    "-128, ACCESS_DENIED, errSecUserCanceled, choose Allow",
    "-25293, ACCESS_DENIED, errSecAuthFailed, choose Allow",
    "-25307, UNAVAILABLE, errSecNoDefaultKeychain, Log in to the desktop once",
    "-25294, UNAVAILABLE, errSecNoSuchKeychain, Log in to the desktop once",
    "-25291, UNAVAILABLE, errSecNotAvailable, Log in to the desktop once",
    "-34018, REJECTED, errSecMissingEntitlement, Run without a sandbox",
    "-25299, REJECTED, errSecDuplicateItem, security error -25299",
    "-50, REJECTED, OSStatus -50, security error -50"
  })
  void namesTheStatus_andTheFix(int status, FailureCode code, String name, String fix) {
    KeychainPlace place = new KeychainPlace(() -> new FakeKeychain(status));

    BackendFailure failure = catchThrowableOfType(BackendFailure.class, () -> place.find("store"));

    assertThat(failure.code()).isEqualTo(code);
    assertThat(failure).hasMessageContaining("(" + name + ")").hasMessageContaining(fix);
  }

  @Test
  @DisabledOnOs(value = OS.MAC, disabledReason = "macOS has the frameworks")
  void saysThatJnaCannotLoadTheFrameworks_elsewhere() {
    KeychainPlace place = new KeychainPlace(SecurityFramework::load);

    BackendFailure failure = catchThrowableOfType(BackendFailure.class, () -> place.has("store"));

    assertThat(failure.code()).isEqualTo(FailureCode.MISCONFIGURED);
    assertThat(failure).hasMessageContaining("cannot be loaded (UnsatisfiedLinkError)");
  }
}
