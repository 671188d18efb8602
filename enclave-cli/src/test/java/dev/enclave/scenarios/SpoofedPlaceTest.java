package dev.enclave.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Enclave;
import dev.enclave.emulators.wire.JournalEntry;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Variables that name a cloud are a hint. The cloud's own word to an authenticated request decides,
 * and where it says no, no other place is used, though one is open to everybody.
 */
@Tag("full")
class SpoofedPlaceTest {

  private Places places;

  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    places = new Places(folder);
  }

  @AfterEach
  void stop() {
    places.close();
  }

  @ParameterizedTest
  @EnumSource
  void startsAfterTheCloudsOwnWordToAnAuthenticatedRequest(Place place) {
    try (Enclave enclave = places.open(place.environment(places))) {
      assertThat(enclave.resolution().chosen()).isEqualTo(place.backend());
      assertThat(place.journal(places).entries())
          .filteredOn(entry -> entry.principal().isPresent())
          .anyMatch(JournalEntry::applied);
    }
  }

  @ParameterizedTest
  @EnumSource
  void startsNowhere_whenTheCloudDoesNotKnowWhoAsks(Place place) {
    EnclaveException refusal =
        catchThrowableOfType(
            EnclaveException.class,
            () -> places.open(place.withForeignCredentials(places)).close());
    assertThat(refusal.code()).isEqualTo(ErrorCode.ACCESS_DENIED);
    assertThat(place.journal(places).entries()).isNotEmpty().noneMatch(JournalEntry::applied);
    assertThat(places.machinesKeys).doesNotExist();
    for (Place other : place.others()) {
      assertThat(other.journal(places).entries()).isEmpty();
    }
  }
}
