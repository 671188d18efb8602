package dev.enclave.jobs;

import static dev.enclave.jobs.Wallet.deferred;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.Message;
import dev.enclave.SignOptions;
import dev.enclave.SigningKey;
import dev.enclave.processes.Ended;
import dev.enclave.processes.JavaCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A ticket outlives a power cut: its row is on the disk before anybody hears of it. */
@Tag("needs-strace")
@Tag("full")
class SyncTest {

  private static final int TICKETS = 40;

  /** Submits in an outage, so that next to nothing else is written, and says each ticket. */
  static final class Traced {

    private Traced() {}

    public static void main(String[] arguments) {
      Wallet wallet = Wallet.in(Path.of(arguments[0]));
      try (Enclave enclave = wallet.open()) {
        Wallet.makeKek(enclave);
        SigningKey key = Wallet.key(enclave, "wallet-42");
        deferred(enclave).find("t-none");
        wallet.backend.begin();
        for (int i = 0; i < TICKETS; i++) {
          Message message = Message.ofUtf8("pay " + i);
          System.out.println(deferred(enclave).submit(key, message, SignOptions.defaults()).id());
        }
      }
    }
  }

  @Test
  void aSyncComesBeforeEachTicket(@TempDir Path folder) throws Exception {
    Path calls = folder.resolve("calls");
    List<String> command =
        new ArrayList<>(
            List.of("strace", "-f", "-e", "trace=fsync,fdatasync,write", "-o", calls.toString()));
    command.addAll(JavaCommand.of(Traced.class, folder.resolve("jobs").toString()));
    Ended.run(command).succeeded();
    List<Integer> syncsBefore = new ArrayList<>();
    int syncs = 0;
    for (String call : Files.readAllLines(calls)) {
      if (call.contains(" fsync(") || call.contains(" fdatasync(")) {
        syncs++;
      } else if (call.contains(" write(1, \"t-")) {
        syncsBefore.add(syncs);
        syncs = 0;
      }
    }
    assertThat(syncsBefore).hasSize(TICKETS).allMatch(count -> count > 0);
  }
}
