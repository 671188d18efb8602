package dev.enclave.azure.internal.detect;

import dev.enclave.kit.setup.PlaceDetectors;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.EnvironmentDetector;
import dev.enclave.spi.detection.EnvironmentDetector.Kind;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import dev.enclave.spi.detection.MetadataAnswer;
import dev.enclave.spi.detection.MetadataAnswer.Answered;
import dev.enclave.spi.detection.MetadataProbe;
import dev.enclave.spi.detection.MetadataRequest;
import dev.enclave.spi.detection.MetadataService;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The places of Azure, and the probe of its virtual machines. */
public final class AzureDetectors extends PlaceDetectors implements MetadataProbe {

  /** "MSFT AZURE VM" in decimal; the same on every machine, as cloud-init knows it. */
  public static final String ASSET_TAG = "7783-7084-3265-9085-8269-3286-77";

  private static final Pattern CLOUD =
      Pattern.compile("\"azEnvironment\"\\s*:\\s*\"(Azure[A-Za-z]{1,40})\"");
  private static final String TOKEN_PROXY = "AZURE_KUBERNETES_TOKEN_PROXY";
  private static final String[] ARC_AGENTS = {
    "/opt/azcmagent/bin/himds", "C:\\Program Files\\AzureConnectedMachineAgent\\himds.exe"
  };

  @Override
  public List<EnvironmentDetector> detectors() {
    return List.of(
        // On Linux or Windows; a function has these variables too, on most plans.
        new Place("azure-app-service", Kind.WORKLOAD, "WEBSITE_SITE_NAME", "WEBSITE_INSTANCE_ID"),
        // Linux Consumption has no WEBSITE_INSTANCE_ID: every plan has the site's name.
        new Place(
            "azure-functions", Kind.WORKLOAD, "FUNCTIONS_EXTENSION_VERSION", "WEBSITE_SITE_NAME"),
        // An app, or a job, which has variables of its own.
        new Place(
            "azure-container-apps", Kind.WORKLOAD, "CONTAINER_APP_NAME", "CONTAINER_APP_REVISION"),
        // A pod with an Azure identity, on AKS or elsewhere; one without is seen as Kubernetes, on
        // a virtual machine of Azure. Client and tenant alone are what every developer's tools use.
        new Place(
            "azure-workload-identity",
            Kind.WORKLOAD,
            "AZURE_FEDERATED_TOKEN_FILE",
            "AZURE_CLIENT_ID",
            "AZURE_TENANT_ID"),
        // A server elsewhere that Azure Arc manages, by what the Azure SDKs look for: its agent's
        // variables or its agent.
        new Place("azure-arc", Kind.CLOUD_VM, "IMDS_ENDPOINT", "IDENTITY_ENDPOINT"),
        // By DMI, else by the instance metadata service, which has no address of IPv6. The vendor
        // alone says Hyper-V, which runs anywhere.
        new Place("azure-vm", Kind.CLOUD_VM));
  }

  @Override
  protected Detection detect(Place place, EnvironmentSnapshot environment) {
    return switch (place.id()) {
      case "azure-app-service" -> site(place.byVariables(environment), environment);
      case "azure-functions" -> place.ledByFirst(environment);
      case "azure-container-apps" -> appOrJob(place.byVariables(environment), environment);
      case "azure-workload-identity" -> identity(place.ledByFirst(environment), environment);
      case "azure-arc" -> arc(place.ledByFirst(environment), environment);
      default -> byDmi(environment);
    };
  }

  /** A managed identity alone; Container Apps and Arc have one too, and a variable of their own. */
  private static Detection site(Detection site, EnvironmentSnapshot environment) {
    return site instanceof Detection.Absent
            && !set(environment, "IDENTITY_HEADER", "IDENTITY_ENDPOINT").isEmpty()
            && set(environment, "CONTAINER_APP_NAME", "CONTAINER_APP_JOB_NAME", "IMDS_ENDPOINT")
                .isEmpty()
        ? new Detection.Inconclusive(
            "a managed identity's variables are set; not set: WEBSITE_SITE_NAME")
        : site;
  }

  private static Detection appOrJob(Detection app, EnvironmentSnapshot environment) {
    Detection job =
        Detection.byVariables(
            environment, "CONTAINER_APP_JOB_NAME", "CONTAINER_APP_JOB_EXECUTION_NAME");
    return job instanceof Detection.Present ? job : either(app, job);
  }

  private static Detection identity(Detection seen, EnvironmentSnapshot environment) {
    if (seen instanceof Detection.Present present
        && environment.variable(TOKEN_PROXY).isPresent()) {
      List<String> evidence = new ArrayList<>(present.evidence());
      evidence.add(TOKEN_PROXY + " is set: an identity binding, which Enclave does not use");
      return new Detection.Present(evidence);
    }
    return seen;
  }

  private static Detection arc(Detection agent, EnvironmentSnapshot environment) {
    if (!(agent instanceof Detection.Absent)) {
      return agent;
    }
    return anyFile(environment, ARC_AGENTS) instanceof Detection.Present file
        ? file
        : new Detection.Absent("not set: IMDS_ENDPOINT; missing: " + String.join(", ", ARC_AGENTS));
  }

  private static Detection byDmi(EnvironmentSnapshot environment) {
    return environment.dmi("chassis_asset_tag").orElse("").equals(ASSET_TAG)
        ? Detection.present("DMI chassis_asset_tag is Azure's")
        : new Detection.Absent("DMI does not name Azure");
  }

  @Override
  protected Optional<MetadataProbe> probe(Place place, EnvironmentSnapshot environment) {
    return place.id().equals("azure-vm") ? Optional.of(this) : Optional.empty();
  }

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
    return document.header("Content-Type").orElse("").startsWith("application/json") && cloud.find()
        ? Detection.present("Azure's instance document names " + cloud.group(1))
        : new Detection.Inconclusive("Azure: what was given for the instance document is none");
  }
}
