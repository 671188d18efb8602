package dev.enclave.azure.internal.detect;

import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.MetadataAnswer;
import dev.enclave.spi.detection.MetadataAnswer.Answered;
import dev.enclave.spi.detection.MetadataProbe;
import dev.enclave.spi.detection.MetadataRequest;
import dev.enclave.spi.detection.MetadataService;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Azure's instance metadata service, which has no address of IPv6. */
final class AzureProbe implements MetadataProbe {

  private static final Pattern CLOUD =
      Pattern.compile("\"azEnvironment\"\\s*:\\s*\"(Azure[A-Za-z]{1,40})\"");

  @Override
  public Detection ask(MetadataService metadata) {
    MetadataAnswer answer =
        metadata.send(
            MetadataRequest.get("http://169.254.169.254/metadata/instance?api-version=2021-02-01")
                .header("Metadata", "true"));
    if (answer instanceof MetadataAnswer.Silent silent) {
      return new Detection.Absent("Azure: " + silent.reason());
    }
    Answered document = (Answered) answer;
    if (document.status() != 200) {
      return new Detection.Absent("Azure: HTTP " + document.status() + " for the instance");
    }
    Matcher cloud = CLOUD.matcher(document.body());
    boolean json = document.header("Content-Type").filter(AzureProbe::isJson).isPresent();
    return json && cloud.find()
        ? Detection.present("Azure's instance document names " + cloud.group(1))
        : new Detection.Inconclusive("Azure: what was given for the instance document is none");
  }

  private static boolean isJson(String type) {
    return type.startsWith("application/json");
  }
}
