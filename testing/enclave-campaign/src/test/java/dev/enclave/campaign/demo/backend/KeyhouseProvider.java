package dev.enclave.campaign.demo.backend;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.kit.RemoteBackend;
import dev.enclave.kit.key.VersionLedger;
import dev.enclave.kit.setup.CheckedSettings;
import dev.enclave.kit.setup.HttpClients;
import dev.enclave.kit.setup.Origin;
import dev.enclave.kit.setup.Places;
import dev.enclave.kit.setup.WireLogs;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.SettingSpec;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendDescription;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import java.util.List;

/** Opens backends at Keyhouse. */
public final class KeyhouseProvider implements BackendProvider {

  static final BackendId ID = BackendId.of("keyhouse");

  @Override
  public BackendId id() {
    return ID;
  }

  @Override
  public List<SettingSpec> settings() {
    return List.of(
        SettingSpec.of("endpoint", "Where Keyhouse is, for example https://keyhouse.example."),
        SettingSpec.of("house", "The house that keys are made in, for example houses/main."),
        SettingSpec.of("client", "The client that tokens are issued to, for example wallet."),
        SettingSpec.of("secret-file", "The file with its secret, for example /run/secret."));
  }

  @Override
  public Assurance assuranceCeiling() {
    return Assurance.HSM;
  }

  @Override
  public Detection detect(DetectionContext context) {
    return new Places(KeyhouseCalls.SERVICE, List.of(), List.of("endpoint")).detect(context);
  }

  /** Sends nothing: the engine asks for the health next. */
  @Override
  public SigningBackend open(BackendContext context) throws BackendFailure {
    HttpClients.requireHostNamesChecked(context.snapshot());
    WireLogs logs = new WireLogs(KeyhouseCalls.SERVICE).jdk(context.snapshot());
    logs.requireOff(context.environment());
    Origin origin =
        new CheckedSettings(context.settings()).requiredOrigin("endpoint", context.environment());
    String house = context.settings().require("house");
    KeyhouseCalls calls = new KeyhouseCalls(origin, context);
    KeyhouseKeys keys = new KeyhouseKeys(calls, house);
    VersionLedger ledger = VersionLedger.of(keys);
    return new RemoteBackend(
        BackendDescription.of(
            ID, origin.host() + "/" + house, RemoteBackend.TRAITS, KeyhouseKey.ALGORITHMS),
        calls.gate,
        ledger::load,
        call -> {
          calls.get("GetHouse", house, "", Object.class, call);
          return HealthReport.of(logs.findings());
        },
        List.of(ledger, ledger.adopter(keys, context.time()), new KeyhouseSigner(calls, house)));
  }
}
