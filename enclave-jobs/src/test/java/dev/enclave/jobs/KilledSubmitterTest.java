package dev.enclave.jobs;

import static dev.enclave.jobs.Wallet.ended;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeyName;
import dev.enclave.SigningKey;
import dev.enclave.deferred.Ticket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A ticket that was given is stored, whatever becomes of the process right after. */
@Tag("full")
class KilledSubmitterTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7})
  void everyTicketThatWasGiven_isFoundByTheNextProcess(int tickets, @TempDir Path folder)
      throws Exception {
    List<String> given = givenByAKilledProcess(tickets, folder);
    try (Enclave enclave = Submitter.open(folder)) {
      assertThat(given)
          .allSatisfy(ticket -> assertThat(Wallet.deferred(enclave).find(ticket)).isPresent());
    }
  }

  @Test
  void whatAKilledProcessLeft_isCarriedOut(@TempDir Path folder) throws Exception {
    List<String> given = givenByAKilledProcess(3, folder);
    try (Enclave enclave = Submitter.open(folder)) {
      SigningKey key = enclave.signingKeys().key(KeyName.of("wallet-42"));
      for (int i = 0; i < given.size(); i++) {
        Ticket done = ended(enclave, given.get(i));
        assertThat(key.verify(Submitter.message(i), done.signature().orElseThrow())).isTrue();
      }
    }
  }

  private static List<String> givenByAKilledProcess(int tickets, Path folder) throws Exception {
    List<String> given = new ArrayList<>();
    Process process = Submitter.start(folder);
    try (var said = process.inputReader(StandardCharsets.UTF_8)) {
      while (given.size() < tickets) {
        String ticket = said.readLine();
        assertThat(ticket).as(Files.readString(Submitter.errors(folder))).startsWith("t-");
        given.add(ticket);
      }
      // Not by the process itself, which would close what is still to be read.
      assertThat(process.toHandle().destroyForcibly()).isTrue();
      process.waitFor();
      // What it said until it was gone.
      said.lines().forEach(given::add);
    }
    return given;
  }
}
