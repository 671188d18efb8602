package dev.enclave.processes;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * openCryptoki with its daemon, for tests with the tags {@code full} and {@code
 * needs-opencryptoki}. Daemon and tokens are the machine's: this uses a daemon that runs, and ends
 * the one that it started; and one test at a time, of all processes, has them. Wants root, or the
 * group pkcs11.
 */
public final class OpenCryptoki implements AutoCloseable {

  public static final String LABEL = "enclave";
  public static final String PIN = "567890";

  private static final Path PID = Path.of("/run/opencryptoki/pkcsslotd.pid");
  private static final String DAEMON = "pkcsslotd";
  private static final Duration END = Duration.ofSeconds(20);

  /** What openCryptoki gives a token that is new. */
  private static final String SO_PIN = "87654321";

  private static final String FIRST_PIN = "5678";

  private static final Pattern SOFT_TOKEN =
      Pattern.compile(
          "Token #(\\d+) Info:\\s+Label: (.*)\\s+Manu.*\\s+Model: Soft\\s[^#]*?Flags: (.*)");

  private final FileChannel turn;
  private final boolean isDaemonOurs;

  private OpenCryptoki(FileChannel turn, boolean isDaemonOurs) {
    this.turn = turn;
    this.isDaemonOurs = isDaemonOurs;
  }

  /** Waits until no other test has it, and starts the daemon unless it runs. */
  public static OpenCryptoki start() throws IOException, InterruptedException {
    Path lock = Path.of(System.getProperty("java.io.tmpdir", "/tmp"), "enclave-opencryptoki.lock");
    FileChannel turn = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean started = false;
    try {
      turn.lock();
      boolean ours = daemon().isEmpty();
      if (ours) {
        Ended.run(DAEMON).succeeded();
      }
      started = true;
      return new OpenCryptoki(turn, ours);
    } finally {
      if (!started) {
        turn.close();
      }
    }
  }

  /** Not one that has ended and left its number. */
  private static Optional<ProcessHandle> daemon() throws IOException {
    return Files.exists(PID)
        ? ProcessHandle.of(Long.parseLong(Files.readString(PID).strip()))
            .filter(OpenCryptoki::isDaemon)
        : Optional.empty();
  }

  private static boolean isDaemon(ProcessHandle process) {
    return process.info().command().filter(command -> command.endsWith(DAEMON)).isPresent();
  }

  /**
   * Initialises the software token anew, with the label and the PIN of this class: a token that was
   * never initialised, or that has this label. One of another label is somebody's.
   */
  public void token() throws IOException, InterruptedException {
    String told = Ended.run("pkcsconf", "-t").succeeded();
    Matcher soft = SOFT_TOKEN.matcher(told);
    if (!soft.find()) {
      throw new AssertionError("openCryptoki has no software token: " + told);
    }
    String slot = soft.group(1);
    if (soft.group(3).contains("TOKEN_INITIALIZED") && !soft.group(2).strip().equals(LABEL)) {
      throw new AssertionError(
          "Slot " + slot + " of openCryptoki has a token that is not of these tests: " + told);
    }
    configure(SO_PIN + "\n" + LABEL + "\n", "-I", "-c", slot);
    configure("", "-u", "-c", slot, "-S", SO_PIN, "-n", FIRST_PIN);
    // Until the user has changed it a token wants nothing else.
    configure("", "-p", "-c", slot, "-U", FIRST_PIN, "-n", PIN);
  }

  private static void configure(String answers, String... arguments)
      throws IOException, InterruptedException {
    Process program =
        new ProcessBuilder(Stream.concat(Stream.of("pkcsconf"), Stream.of(arguments)).toList())
            .redirectErrorStream(true)
            .start();
    program.getOutputStream().write(answers.getBytes(StandardCharsets.US_ASCII));
    program.getOutputStream().close();
    Ended.of(program).succeeded();
  }

  /** The library. Fails where openCryptoki is not installed. */
  public static Path library() {
    return Stream.of("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64")
        .map(folder -> Path.of(folder, "opencryptoki", "libopencryptoki.so.0"))
        .filter(Files::exists)
        .findFirst()
        .orElseThrow(
            () ->
                new AssertionError("opencryptoki is not installed: apt-get install opencryptoki"));
  }

  @Override
  public void close() throws IOException {
    try (turn) {
      Optional<ProcessHandle> daemon = daemon();
      if (isDaemonOurs && daemon.isPresent()) {
        daemon.get().destroy();
        long deadline = System.nanoTime() + END.toNanos();
        while (isDaemon(daemon.get()) && System.nanoTime() < deadline) {
          Thread.onSpinWait();
        }
      }
    }
  }
}
