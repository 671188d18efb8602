package dev.enclave.gcp.internal.detect;

import dev.enclave.kit.workload.GoogleWorkload;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.MetadataAnswer;
import dev.enclave.spi.detection.MetadataAnswer.Answered;
import dev.enclave.spi.detection.MetadataProbe;
import dev.enclave.spi.detection.MetadataService;

/** Compute Engine's metadata server, which must answer with the header it is asked with. */
final class GceProbe implements MetadataProbe {

  @Override
  public Detection ask(MetadataService metadata) {
    MetadataAnswer answer = GoogleWorkload.ask(metadata, "/computeMetadata/v1/instance/id");
    if (answer instanceof MetadataAnswer.Silent silent) {
      return new Detection.Absent("Compute Engine: " + silent.reason());
    }
    Answered answered = (Answered) answer;
    if (!GoogleWorkload.isGoogle(answered)) {
      return new Detection.Absent("Compute Engine: an answer without Metadata-Flavor: Google");
    }
    return answered.status() == 200 && answered.body().matches("\\d{1,20}\\s*")
        ? Detection.present("an instance id came with Metadata-Flavor: Google")
        : new Detection.Inconclusive("Compute Engine: Metadata-Flavor: Google, but no instance id");
  }
}
