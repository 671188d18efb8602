package dev.enclave.testkit;

import dev.enclave.spi.detection.MetadataAnswer;
import dev.enclave.spi.detection.MetadataRequest;
import dev.enclave.spi.detection.MetadataService;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A metadata service that answers as a test says and remembers what it was asked. Thread-safe. */
public final class FakeMetadata implements MetadataService {

  /** Nobody is there. */
  public static final MetadataAnswer SILENT = new MetadataAnswer.Silent("nobody listens");

  private final List<MetadataRequest> requests = new CopyOnWriteArrayList<>();
  private volatile MetadataService service = request -> SILENT;

  /** From now on answers so; what it was asked before stays remembered. */
  public FakeMetadata answering(MetadataService answers) {
    service = answers;
    return this;
  }

  /** What it was asked, the first first. */
  public List<MetadataRequest> requests() {
    return List.copyOf(requests);
  }

  @Override
  public MetadataAnswer send(MetadataRequest request) {
    requests.add(request);
    return service.send(request);
  }

  /** As {@link #answer} with status 200. */
  public static MetadataAnswer ok(String body, String... header) {
    return answer(200, body, header);
  }

  /**
   * An answer.
   *
   * @param header nothing, or a header's name and its value
   */
  public static MetadataAnswer answer(int status, String body, String... header) {
    return new MetadataAnswer.Answered(
        status, header.length == 0 ? Map.of() : Map.of(header[0], header[1]), body);
  }
}
