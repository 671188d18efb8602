package dev.enclave.azure.internal.keys;

import dev.enclave.KeyName;
import dev.enclave.azure.internal.calls.AnsweringRegions;
import dev.enclave.azure.internal.calls.AzureCalls;
import dev.enclave.azure.internal.calls.AzureRefusals;
import dev.enclave.azure.internal.keys.AzureDirectory.Listing;
import dev.enclave.azure.internal.model.AzureTags;
import dev.enclave.azure.internal.model.AzureTags.Claim;
import dev.enclave.azure.internal.model.AzureTags.Mark;
import dev.enclave.azure.internal.model.AzureVersion;
import dev.enclave.azure.internal.model.AzureVersionChain;
import dev.enclave.azure.internal.settings.AzureRegions;
import dev.enclave.azure.internal.settings.AzureSettings;
import dev.enclave.kit.key.LastToSign;
import dev.enclave.kit.key.LeftOver;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** What all operations on versions share: reading, claiming, giving up. Thread-safe. */
public final class AzureKeys {

  private static final System.Logger LOG = System.getLogger("dev.enclave");

  /** How often a change of tags is written before somebody else's is left to be looked at. */
  private static final int WRITES = 3;

  private final AzureDirectory directory;
  private final LastToSign lastToSign;
  private final AzureSnapshots snapshots;
  private final AzureSettings settings;

  /** Of the vault that settings name. */
  public AzureKeys(
      AzureDirectory directory,
      LastToSign lastToSign,
      AzureSnapshots snapshots,
      AzureSettings settings) {
    this.directory = directory;
    this.lastToSign = lastToSign;
    this.snapshots = snapshots;
    this.settings = settings;
  }

  /**
   * Refuses what is decided by what others wrote just now, where that cannot be seen: see {@link
   * AzureVersionChain#SETTLING}.
   *
   * @param doing what would be done, as the beginning of a sentence
   */
  public void requireOneRegion(String doing) throws BackendFailure {
    boolean managedHsm = calls().endpoint().managedHsm();
    Optional<AnsweringRegions.Two> two = calls().regions().two().filter(seen -> managedHsm);
    if (two.isPresent()) {
      throw AzureRefusals.severalRegions(
          doing,
          "regions "
              + two.get().one()
              + " and "
              + two.get().other()
              + " of the managed HSM answered");
    }
    if (settings.regions() == AzureRegions.SEVERAL) {
      throw AzureRefusals.severalRegions(
          doing,
          "setting "
              + settings.fullName(AzureSettings.REGIONS)
              + " says that the managed HSM is in several regions");
    }
    if (settings.regions() == AzureRegions.UNSAID && managedHsm) {
      throw AzureRefusals.regionsUnsaid(doing, settings.fullName(AzureSettings.REGIONS));
    }
  }

  /**
   * What of the regions keeps keys from being created and rotated, and was not said: whoever wrote
   * {@link AzureRegions#SEVERAL} knows.
   */
  public Optional<Finding> regionsFinding() {
    if (!calls().endpoint().managedHsm()) {
      return Optional.empty();
    }
    String setting = settings.fullName(AzureSettings.REGIONS);
    if (settings.regions() == AzureRegions.UNSAID) {
      return Optional.of(
          Finding.of(
              Severity.WARNING,
              ErrorCode.CONFIGURATION_MISSING,
              "Setting "
                  + setting
                  + " is missing, so no key is created or rotated in this managed HSM: in two"
                  + " regions, two processes could each make the version that counts",
              "Set it to one if az keyvault region list shows one region, else to several"));
    }
    return calls()
        .regions()
        .two()
        .filter(two -> settings.regions() == AzureRegions.ONE)
        .map(
            two ->
                Finding.of(
                    Severity.WARNING,
                    ErrorCode.UNSUPPORTED_OPERATION,
                    "Regions "
                        + two.one()
                        + " and "
                        + two.other()
                        + " of the managed HSM answered, and "
                        + setting
                        + " says that there is one: no key is created or rotated",
                    "Set it to several, or create and rotate keys while there is one region"));
  }

  public AzureCalls calls() {
    return directory.calls();
  }

  public AzureDirectory directory() {
    return directory;
  }

  public LastToSign lastToSign() {
    return lastToSign;
  }

  public AzureSnapshots snapshots() {
    return snapshots;
  }

  /** The key as the vault shows it, a deleted one too. */
  public KeySnapshot load(KeyName name, CallContext call) throws BackendFailure {
    Listing listing = directory.list(name, call);
    if (!listing.versions().isEmpty()) {
      return snapshots.of(settled(name, listing), call);
    }
    AzureVersion deleted = deleted(name, call).orElseThrow(() -> AzureRefusals.noKey(name));
    return snapshots.ofDeleted(name, deleted, call);
  }

  /** What is left to see of a deleted key; who may not ask for it sees none. */
  public Optional<AzureVersion> deleted(KeyName name, CallContext call) throws BackendFailure {
    try {
      return directory.deleted(name, call).filter(version -> version.tags().ofEnclave());
    } catch (BackendFailure e) {
      if (e.code() == FailureCode.ACCESS_DENIED && e.failureClass() == FailureClass.PERMANENT) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static AzureVersionChain settled(KeyName name, Listing listing) throws BackendFailure {
    AzureVersionChain chain = listing.settled(name);
    if (chain.first().isPresent()) {
      return chain;
    }
    AzureVersionChain everything = listing.everything(name);
    if (everything.first().isPresent()) {
      throw AzureCalls.REFUSALS.notSeenYet("Key " + name);
    }
    throw everything.unfinished()
        ? AzureCalls.REFUSALS.unfinished(name, "create it", "switches off")
        : AzureRefusals.foreign(name);
  }

  /** The key, of which the versions can be changed. */
  public AzureVersionChain existing(KeyName name, CallContext call) throws BackendFailure {
    Listing listing = directory.list(name, call);
    if (listing.versions().isEmpty()) {
      throw AzureRefusals.noKey(name);
    }
    return settled(name, listing);
  }

  /** The key after the vault's second is over, so that everybody reads the same. */
  public AzureVersionChain afterSettling(KeyName name, CallContext call) throws BackendFailure {
    calls().pause(AzureVersionChain.SETTLING, "see who was first", call);
    return directory.list(name, call).everything(name);
  }

  /**
   * Changes tags of a version of the key, and makes sure that the change stays: the vault takes all
   * tags or none and knows no condition, so that whoever read the version before may write them
   * back as they were.
   *
   * @param enabled whether to switch the version on or off in the same request
   * @param done whether tags that are read afterwards have the change
   * @return the key afterwards, everything in it
   */
  public AzureVersionChain changeTags(
      KeyName name,
      AzureVersion version,
      UnaryOperator<AzureTags> change,
      Optional<Boolean> enabled,
      Predicate<AzureTags> done,
      CallContext call)
      throws BackendFailure {
    write(name, version, change, enabled, call);
    return BackendFailure.afterChange(
        "Tags of version " + version.id() + " of key " + name + " were written.",
        () -> {
          for (int written = 1; ; written++) {
            AzureVersionChain chain = afterSettling(name, call);
            AzureVersion now =
                chain
                    .version(version.id())
                    .orElseThrow(() -> AzureCalls.REFUSALS.noVersion(name, version.version()));
            if (done.test(now.tags())) {
              return chain;
            }
            if (written == WRITES) {
              throw AzureRefusals.overwritten(name, version.version());
            }
            write(name, now, change, enabled, call);
          }
        });
  }

  /** Switches a version off for good. */
  public AzureVersionChain markDestroyed(KeyName name, AzureVersion version, CallContext call)
      throws BackendFailure {
    return changeTags(
        name,
        version,
        tags -> tags.withMark(Optional.of(Mark.DESTROYED)),
        Optional.of(false),
        tags -> tags.mark().filter(Mark.DESTROYED::equals).isPresent(),
        call);
  }

  private void write(
      KeyName name,
      AzureVersion version,
      UnaryOperator<AzureTags> change,
      Optional<Boolean> enabled,
      CallContext call)
      throws BackendFailure {
    directory.change(name, version, Optional.of(change.apply(version.datedTags())), enabled, call);
  }

  /**
   * Claims to be the next version to become active, and finds out whether it is.
   *
   * @param claim the number that the version is to have
   * @param enable whether to switch it on as well, once it has won
   * @return the key afterwards; none if another version has the number
   */
  public Optional<AzureVersionChain> claim(
      KeyName name, AzureVersion version, Claim claim, boolean enable, CallContext call)
      throws BackendFailure {
    requireOneRegion("Making version " + version.id() + " of key " + name + " active");
    List<Claim> claims = new ArrayList<>(withoutNumber(version, claim.number()));
    claims.add(claim);
    AzureTags claiming = version.tags().withClaims(claims).withMoved(Optional.empty());
    directory.tag(name, version, claiming, call);
    return claimed(name, version.id(), claim.number(), enable, call);
  }

  /** Finds out who has the number, after everybody's claim can be seen. */
  public Optional<AzureVersionChain> claimed(
      KeyName name, String id, int number, boolean enable, CallContext call) throws BackendFailure {
    return BackendFailure.afterChange(
        "Version " + id + " of key " + name + " claims to be the active one.",
        () -> decided(name, id, number, enable, call));
  }

  private Optional<AzureVersionChain> decided(
      KeyName name, String id, int number, boolean enable, CallContext call) throws BackendFailure {
    AzureVersionChain chain = afterSettling(name, call);
    AzureVersion version =
        chain
            .version(id)
            .orElseThrow(
                () -> AzureCalls.REFUSALS.noVersion(name, dev.enclave.KeyVersionId.of(id)));
    if (chain.won(version, number)) {
      writeDown(name, version, number, enable, call);
      return Optional.of(chain);
    }
    giveUp(name, version, number, call);
    return Optional.empty();
  }

  /** The claim's second, so that no later change of the version moves it. */
  private void writeDown(
      KeyName name, AzureVersion version, int number, boolean enable, CallContext call)
      throws BackendFailure {
    boolean written =
        version.tags().claims().stream()
            .anyMatch(claim -> claim.number() == number && claim.second().isPresent());
    boolean marked = version.tags().mark().isPresent();
    if (written && !(enable && (!version.enabled() || marked))) {
      return;
    }
    List<Claim> claims = new ArrayList<>(withoutNumber(version, number));
    version.tags().claims().stream()
        .filter(claim -> claim.number() == number)
        .findFirst()
        .map(c -> new Claim(number, Optional.of(version.secondOf(c)), c.disables()))
        .ifPresent(claims::add);
    AzureTags tags = version.tags().withClaims(claims);
    directory.change(
        name,
        version,
        Optional.of(enable ? tags.withMark(Optional.empty()) : tags),
        enable ? Optional.of(true) : Optional.empty(),
        call);
  }

  private void giveUp(KeyName name, AzureVersion version, int number, CallContext call) {
    try {
      directory.tag(name, version, version.tags().withClaims(withoutNumber(version, number)), call);
    } catch (BackendFailure e) {
      LOG.log(
          Level.WARNING,
          "Version {0} lost a race, and its claim stays on it without effect: {1}",
          version.uri(),
          e.getMessage());
    }
  }

  private static List<Claim> withoutNumber(AzureVersion version, int number) {
    return version.tags().claims().stream().filter(claim -> claim.number() != number).toList();
  }

  /** Switches off a version that lost a race. */
  public void discard(KeyName name, AzureVersion lost, CallContext call) {
    if (lost.enabled()) {
      LeftOver.giveUp("Version " + lost.uri(), () -> directory.enable(name, lost, false, call));
    }
  }
}
