package dev.enclave.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;

/** A command that runs until it is interrupted, and is read meanwhile. */
public final class RunningCommand implements AutoCloseable {

  private static final int PATIENCE_SECONDS = 60;

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final CompletableFuture<Integer> code = new CompletableFuture<>();
  private final BufferedReader lines;
  private final Thread thread;

  /**
   * @param command which prints to the first stream, and what goes wrong to the second
   */
  RunningCommand(BiFunction<PrintStream, PrintStream, EnclaveCommand> command, String... args)
      throws IOException {
    PipedInputStream read = new PipedInputStream();
    this.lines = new BufferedReader(new InputStreamReader(read, StandardCharsets.UTF_8));
    PrintStream out = new PrintStream(new PipedOutputStream(read), true, StandardCharsets.UTF_8);
    EnclaveCommand made = command.apply(out, new PrintStream(err, true, StandardCharsets.UTF_8));
    this.thread =
        new Thread(
            () -> {
              try (out) {
                code.complete(made.execute(args));
              }
            });
    thread.start();
  }

  /** The next line that it prints. */
  public String line() throws IOException {
    String line = lines.readLine();
    assertThat(line).as(err()).isNotNull();
    return line;
  }

  /** So many of them. */
  public List<String> lines(int count) throws IOException {
    List<String> next = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      next.add(line());
    }
    return next;
  }

  /** Whether it has not ended. */
  public boolean isRunning() {
    return !code.isDone();
  }

  /** Interrupts it, as Ctrl-C does; the code with which it ends. */
  public int interrupt() throws InterruptedException, ExecutionException, TimeoutException {
    thread.interrupt();
    return code.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** What it has said to the operator so far. */
  public String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    thread.interrupt();
    lines.close();
  }
}
