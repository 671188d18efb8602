package dev.enclave.azure.internal.keys;

import com.azure.core.http.rest.PagedResponse;
import com.azure.core.util.Context;
import com.azure.security.keyvault.keys.models.KeyProperties;
import dev.enclave.KeyName;
import dev.enclave.azure.internal.calls.AzureOperation;
import dev.enclave.azure.internal.model.AzureNames;
import dev.enclave.azure.internal.model.AzureTags;
import dev.enclave.kit.setup.Origin;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.KeyLister;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Names the keys by the vault's list, page by page; asks nothing of each key that is whole. */
public final class AzureLister implements KeyLister {

  private final AzureDirectory directory;

  public AzureLister(AzureDirectory directory) {
    this.directory = directory;
  }

  /** One page of the vault's, of 25 keys at most. */
  @Override
  public Names page(Optional<String> from, CallContext call) throws BackendFailure {
    PagedResponse<KeyProperties> page = listed(from, call);
    List<KeyName> names = new ArrayList<>();
    for (KeyProperties key : page.getValue()) {
      Optional<KeyName> name = named(key);
      if (name.isPresent() && isWhole(key, name.get(), call)) {
        names.add(name.get());
      }
    }
    return Names.of(names, next(page));
  }

  /** As {@link #page}, with those that only the beginning of a key has come in for. */
  public Names pageWithBeginnings(Optional<String> from, CallContext call) throws BackendFailure {
    PagedResponse<KeyProperties> page = listed(from, call);
    return Names.of(
        page.getValue().stream().flatMap(key -> named(key).stream()).toList(), next(page));
  }

  private PagedResponse<KeyProperties> listed(Optional<String> from, CallContext call)
      throws BackendFailure {
    if (from.isPresent() && !isOfTheVault(from.get())) {
      throw Names.unknown();
    }
    return directory
        .calls()
        .send(
            AzureOperation.GET_KEYS,
            "the vault",
            call,
            session -> {
              var pages = session.keys().listPropertiesOfKeys(Context.NONE);
              return (from.isPresent() ? pages.iterableByPage(from.get()) : pages.iterableByPage())
                  .iterator()
                  .next();
            })
        .value();
  }

  private Optional<String> next(PagedResponse<KeyProperties> page) throws BackendFailure {
    Optional<String> next = Optional.ofNullable(page.getContinuationToken());
    if (next.isPresent() && !isOfTheVault(next.get())) {
      throw BackendFailure.transientFailure(
          FailureCode.UNAVAILABLE,
          "The vault pointed to another host for the next page of its list of keys, and no token"
              + " goes there. Check what answers at the vault's address.");
    }
    return next;
  }

  /** The beginning of a page is an address, and only the vault's is asked, with its token. */
  private boolean isOfTheVault(String from) {
    try {
      URI address = new URI(from);
      return "/keys".equals(address.getRawPath())
          && Origin.parseTls(address.getScheme() + "://" + address.getRawAuthority())
              .equals(Optional.of(directory.calls().endpoint().origin()));
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /**
   * Whether there is a key, and not only the beginning of one that came from elsewhere. Only where
   * the newest version is not the last of those its versions are looked at.
   */
  private boolean isWhole(KeyProperties key, KeyName name, CallContext call) throws BackendFailure {
    Map<String, String> tags = key.getTags() == null ? Map.of() : key.getTags();
    boolean certain = AzureTags.parse(tags, "").restored().filter(part -> !part.last()).isEmpty();
    return certain || directory.list(name, call).everything(name).first().isPresent();
  }

  /** The Enclave key of an entry; the tags say whether it is one. */
  private Optional<KeyName> named(KeyProperties key) {
    return AzureNames.parse(String.valueOf(key.getId()), directory.calls().endpoint().origin())
        .flatMap(id -> AzureNames.keyOf(id.name()));
  }
}
