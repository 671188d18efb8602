package dev.enclave.gcp.internal.detect;

import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.MetadataAnswer;
import dev.enclave.spi.detection.MetadataAnswer.Answered;
import dev.enclave.spi.detection.MetadataProbe;
import dev.enclave.spi.detection.MetadataRequest;
import dev.enclave.spi.detection.MetadataService;
import java.util.regex.Pattern;

/** Compute Engine's metadata server, which must answer with the header it is asked with. */
final class GceProbe implements MetadataProbe {

  private static final String FLAVOR = "Metadata-Flavor";
  private static final String GOOGLE = "Google";

  private static final String V4 = "http://169.254.169.254";

  /** For machines without IPv4; elsewhere there is no way to it, which shows at once. */
  private static final String V6 = "http://[fd20:ce::254]";

  private static final Pattern INSTANCE_ID = Pattern.compile("\\d{1,20}\\s*");

  @Override
  public Detection ask(MetadataService metadata) {
    MetadataAnswer first = instance(metadata, V4);
    MetadataAnswer answer = first instanceof MetadataAnswer.Silent ? instance(metadata, V6) : first;
    if (answer instanceof MetadataAnswer.Silent) {
      return new Detection.Absent("Compute Engine: " + ((MetadataAnswer.Silent) first).reason());
    }
    Answered answered = (Answered) answer;
    if (answered.header(FLAVOR).filter(GOOGLE::equals).isEmpty()) {
      return new Detection.Absent("Compute Engine: an answer without Metadata-Flavor: Google");
    }
    return answered.status() == 200 && INSTANCE_ID.matcher(answered.body()).matches()
        ? Detection.present("an instance id came with Metadata-Flavor: Google")
        : new Detection.Inconclusive("Compute Engine: Metadata-Flavor: Google, but no instance id");
  }

  private static MetadataAnswer instance(MetadataService metadata, String base) {
    return metadata.send(
        MetadataRequest.get(base + "/computeMetadata/v1/instance/id").header(FLAVOR, GOOGLE));
  }
}
