package dev.enclave.jobs.kills;

import dev.enclave.processes.JavaCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Processes that share what is to be submitted, and can be killed. */
final class Fleet implements AutoCloseable {

  private final Path settings;
  private final Promises promises;
  private final Deque<String> toSubmit = new ArrayDeque<>();
  private final List<Member> members = new ArrayList<>();

  Fleet(Path settings, Promises promises, int size) throws IOException {
    this.settings = settings;
    this.promises = promises;
    for (int i = 0; i < size; i++) {
      members.add(new Member());
    }
  }

  /** Until all know their keys, which they could not ask for in an outage. */
  synchronized void awaitReady() throws InterruptedException {
    while (!members.stream().allMatch(member -> member.ready)) {
      promises.requireKept();
      wait(Duration.ofSeconds(1).toMillis());
    }
  }

  /** Has signatures submitted, by whoever has nothing to submit at the moment. */
  void submit(int from, int to, int atOnce) throws IOException {
    for (int i = from; i < to; i += atOnce) {
      hand(i + " " + Math.min(i + atOnce, to));
    }
  }

  private synchronized void hand(String range) throws IOException {
    toSubmit.add(range);
    for (Member member : members) {
      member.takeWork();
    }
  }

  /** Kills a process, and returns when it is gone and all that it said is known. */
  void kill(int number) {
    Member member = members.get(number);
    synchronized (this) {
      member.ready = false;
      member.killed = true;
    }
    // Not by the process itself, which would close what is still to be read.
    member.process.toHandle().destroyForcibly();
    member.process.onExit().join();
    member.read.join();
  }

  /** Starts another in its place. */
  synchronized void start(int number) throws IOException {
    String left = members.get(number).range;
    if (left != null) {
      toSubmit.addFirst(left);
    }
    members.set(number, new Member());
    for (Member member : members) {
      member.takeWork();
    }
  }

  @Override
  public void close() {
    for (int i = 0; i < members.size(); i++) {
      kill(i);
    }
  }

  private final class Member {

    private final Process process;
    private final CompletableFuture<Void> read = new CompletableFuture<>();
    private final Path errors;
    private boolean ready;
    private boolean killed;
    private @Nullable String range;

    Member() throws IOException {
      errors = Files.createTempFile(settings.getParent(), "errors", ".txt");
      process =
          new ProcessBuilder(
                  JavaCommand.of(List.of("-Xmx256m"), Replica.class, settings.toString()))
              .redirectError(errors.toFile())
              .start();
      Thread reader = new Thread(this::read, "campaign-reader");
      reader.setDaemon(true);
      reader.start();
    }

    private void read() {
      try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
        for (String line = said.readLine(); line != null; line = said.readLine()) {
          heard(line);
        }
        if (!isKilled()) {
          promises.broken("A process ended by itself: " + Files.readString(errors));
        }
      } catch (IOException e) {
        promises.broken(e.toString());
      } finally {
        read.complete(null);
      }
    }

    private boolean isKilled() {
      synchronized (Fleet.this) {
        return killed;
      }
    }

    private void heard(String line) throws IOException {
      String[] words = line.split(" ", 3);
      switch (words[0]) {
        case "ready" -> free();
        case "submitted" -> free();
        case "ticket" -> promises.ticket(Integer.parseInt(words[1]), words[2]);
        case "ended" -> promises.ended(words[1], words[2]);
        default -> promises.broken(line);
      }
    }

    private void free() throws IOException {
      synchronized (Fleet.this) {
        ready = !killed;
        range = null;
        takeWork();
        Fleet.this.notifyAll();
      }
    }

    /** With the fleet's lock. */
    private void takeWork() throws IOException {
      if (ready && range == null && !toSubmit.isEmpty()) {
        range = toSubmit.remove();
        OutputStream in = process.getOutputStream();
        in.write((range + "\n").getBytes(StandardCharsets.UTF_8));
        in.flush();
      }
    }
  }
}
