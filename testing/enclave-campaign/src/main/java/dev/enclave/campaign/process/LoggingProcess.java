package dev.enclave.campaign.process;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.campaign.cloud.Claims;
import dev.enclave.campaign.cloud.CloudUnderTest;
import dev.enclave.campaign.cloud.Clouds;
import dev.enclave.campaign.cloud.Deployment;
import dev.enclave.campaign.cloud.Scenario;
import dev.enclave.error.EnclaveException;
import dev.enclave.testkit.RecordingAuditSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/**
 * A process that seals, if it can, opens and signs while every logger but some writes at every
 * level.
 */
public final class LoggingProcess {

  /** Between records, and within one between the logger's name and its text. */
  public static final String RECORD = "\u001e";

  public static final String FIELD = "\u001f";

  /** A logger that writes the message, which has to be found. */
  public static final String CONTROL = "control";

  /** Strongly held: java.util.logging forgets the level of a logger that nobody holds. */
  private static final List<Logger> QUIET = new ArrayList<>();

  private LoggingProcess() {}

  /** Arguments: cloud, deployment, file for the log, file for the data keys, quiet loggers. */
  public static void main(String[] arguments) throws IOException {
    Writing log = new Writing();
    listenToAll(log, List.of(arguments).subList(4, arguments.length));
    Logger.getLogger(CONTROL).finest(HexFormat.of().formatHex(Claims.MESSAGE.toByteArray()));
    CloudUnderTest cloud = Clouds.named(arguments[0]);
    Remembering random = new Remembering();
    try (Enclave enclave =
        Deployment.read(arguments[1])
            .builder(cloud, properties())
            .with(new RecordingAuditSink())
            .random(random)
            .open()) {
      try {
        use(enclave, cloud);
      } finally {
        // Of a cold process that logs everything, a signature may come too late.
        enclave.health().findings().forEach(finding -> System.out.println(finding));
      }
    } catch (EnclaveException e) {
      System.out.println(e.code() + " " + e.getMessage());
    }
    System.out.println("done");
    Files.write(Path.of(arguments[3]), random.dataKeys);
    Files.writeString(Path.of(arguments[2]), String.join(RECORD, log.records));
  }

  private static void use(Enclave enclave, CloudUnderTest cloud) {
    if (cloud.scenarios().contains(Scenario.SEAL)) {
      String kek = "kek";
      enclave.createKey(KeySpec.named(kek).algorithm(cloud.algorithm(Scenario.SEAL)));
      enclave.unseal(enclave.seal(kek, Claims.PLAINTEXT, Claims.CONTEXT), Claims.CONTEXT);
    }
    for (Scenario scenario : List.of(Scenario.SIGN_A_DIGEST, Scenario.SIGN_A_MESSAGE)) {
      if (cloud.scenarios().contains(scenario)) {
        String name = scenario.numbered(1);
        enclave.createKey(KeySpec.named(name).algorithm(cloud.algorithm(scenario)));
        enclave.signingKeys().key(name).sign(Claims.MESSAGE, Claims.PATIENTLY);
      }
    }
  }

  private static void listenToAll(Handler handler, List<String> quiet) {
    Logger root = Logger.getLogger("");
    for (Handler other : root.getHandlers()) {
      root.removeHandler(other);
    }
    root.addHandler(handler);
    root.setLevel(Level.ALL);
    for (String name : quiet) {
      Logger logger = Logger.getLogger(name);
      logger.setLevel(Level.INFO);
      QUIET.add(logger);
    }
  }

  /** Those that the machine is made to see besides its variables. */
  private static Map<String, String> properties() {
    Map<String, String> properties = new TreeMap<>();
    for (String name : System.getProperties().stringPropertyNames()) {
      properties.put(name, System.getProperty(name, ""));
    }
    return properties;
  }

  private static final class Writing extends Handler {

    private final Queue<String> records = new ConcurrentLinkedQueue<>();
    private final SimpleFormatter formatter = new SimpleFormatter();

    Writing() {
      setLevel(Level.ALL);
    }

    @Override
    public void publish(LogRecord logged) {
      records.add(logged.getLoggerName() + FIELD + formatter.format(logged));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  /** Tells what it handed out that can be a data key. */
  private static final class Remembering extends SecureRandom {

    private static final long serialVersionUID = 1;

    private final transient List<String> dataKeys = new ArrayList<>();

    @Override
    public synchronized void nextBytes(byte[] bytes) {
      super.nextBytes(bytes);
      if (bytes.length == 32) {
        dataKeys.add(HexFormat.of().formatHex(bytes));
      }
    }
  }
}
