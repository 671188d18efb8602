package dev.enclave.azure.internal.detect;

import dev.enclave.kit.setup.PlaceDetector;
import dev.enclave.spi.detection.Detection;
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

/** The places of Azure, a class for each: {@link java.util.ServiceLoader} finds classes. */
public final class AzureDetectors {

  private AzureDetectors() {}

  /** App Service, on Linux or Windows; a function has these variables too, on most plans. */
  public static final class AppService extends PlaceDetector {

    public AppService() {
      super("azure-app-service", Kind.WORKLOAD, "WEBSITE_SITE_NAME", "WEBSITE_INSTANCE_ID");
    }

    @Override
    public Detection detect(EnvironmentSnapshot environment) {
      Detection site = super.detect(environment);
      // A managed identity alone; Container Apps and Arc have one too, and a variable of their own.
      return site instanceof Detection.Absent
              && !set(environment, "IDENTITY_HEADER", "IDENTITY_ENDPOINT").isEmpty()
              && set(environment, "CONTAINER_APP_NAME", "CONTAINER_APP_JOB_NAME", "IMDS_ENDPOINT")
                  .isEmpty()
          ? new Detection.Inconclusive(
              "a managed identity's variables are set; not set: WEBSITE_SITE_NAME")
          : site;
    }
  }

  /**
   * Azure Functions. Linux Consumption has no WEBSITE_INSTANCE_ID, so the site's name is what a
   * function shares with every plan.
   */
  public static final class Functions extends PlaceDetector {

    public Functions() {
      super("azure-functions", Kind.WORKLOAD, "FUNCTIONS_EXTENSION_VERSION", "WEBSITE_SITE_NAME");
    }

    @Override
    public Detection detect(EnvironmentSnapshot environment) {
      return ledByFirst(environment);
    }
  }

  /** A container app or a job of Azure Container Apps. */
  public static final class ContainerApps extends PlaceDetector {

    public ContainerApps() {
      super("azure-container-apps", Kind.WORKLOAD, "CONTAINER_APP_NAME", "CONTAINER_APP_REVISION");
    }

    @Override
    public Detection detect(EnvironmentSnapshot environment) {
      Detection job =
          Detection.byVariables(
              environment, "CONTAINER_APP_JOB_NAME", "CONTAINER_APP_JOB_EXECUTION_NAME");
      return job instanceof Detection.Present ? job : either(super.detect(environment), job);
    }
  }

  /**
   * A pod with an Azure identity, on AKS or elsewhere. A pod without is seen as Kubernetes, on a
   * virtual machine of Azure. AZURE_CLIENT_ID and AZURE_TENANT_ID alone are what every developer's
   * tools use, and no marker.
   */
  public static final class WorkloadIdentity extends PlaceDetector {

    private static final String TOKEN_PROXY = "AZURE_KUBERNETES_TOKEN_PROXY";

    public WorkloadIdentity() {
      super(
          "azure-workload-identity",
          Kind.WORKLOAD,
          "AZURE_FEDERATED_TOKEN_FILE",
          "AZURE_CLIENT_ID",
          "AZURE_TENANT_ID");
    }

    @Override
    public Detection detect(EnvironmentSnapshot environment) {
      Detection seen = ledByFirst(environment);
      if (seen instanceof Detection.Present present
          && environment.variable(TOKEN_PROXY).isPresent()) {
        List<String> evidence = new ArrayList<>(present.evidence());
        evidence.add(TOKEN_PROXY + " is set: an identity binding, which Enclave does not use");
        return new Detection.Present(evidence);
      }
      return seen;
    }
  }

  /**
   * A server elsewhere that Azure Arc manages, by what the Azure SDKs look for: its agent's
   * variables or its agent.
   */
  public static final class Arc extends PlaceDetector {

    private static final String[] AGENTS = {
      "/opt/azcmagent/bin/himds", "C:\\Program Files\\AzureConnectedMachineAgent\\himds.exe"
    };

    public Arc() {
      super("azure-arc", Kind.CLOUD_VM, "IMDS_ENDPOINT", "IDENTITY_ENDPOINT");
    }

    @Override
    public Detection detect(EnvironmentSnapshot environment) {
      Detection agent = ledByFirst(environment);
      if (!(agent instanceof Detection.Absent)) {
        return agent;
      }
      return anyFile(environment, AGENTS) instanceof Detection.Present file
          ? file
          : new Detection.Absent("not set: IMDS_ENDPOINT; missing: " + String.join(", ", AGENTS));
    }
  }

  /**
   * A virtual machine of Azure: by DMI, else by the instance metadata service, which has no address
   * of IPv6. The vendor alone says Hyper-V, which runs anywhere.
   */
  public static final class Vm extends PlaceDetector implements MetadataProbe {

    /** "MSFT AZURE VM" in decimal; the same on every machine, as cloud-init knows it. */
    public static final String ASSET_TAG = "7783-7084-3265-9085-8269-3286-77";

    private static final Pattern CLOUD =
        Pattern.compile("\"azEnvironment\"\\s*:\\s*\"(Azure[A-Za-z]{1,40})\"");

    public Vm() {
      super("azure-vm", Kind.CLOUD_VM);
    }

    @Override
    public Detection detect(EnvironmentSnapshot environment) {
      return environment.dmi("chassis_asset_tag").orElse("").equals(ASSET_TAG)
          ? Detection.present("DMI chassis_asset_tag is Azure's")
          : new Detection.Absent("DMI does not name Azure");
    }

    @Override
    public Optional<MetadataProbe> probe(EnvironmentSnapshot environment) {
      return Optional.of(this);
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
      return document.header("Content-Type").orElse("").startsWith("application/json")
              && cloud.find()
          ? Detection.present("Azure's instance document names " + cloud.group(1))
          : new Detection.Inconclusive("Azure: what was given for the instance document is none");
    }
  }
}
