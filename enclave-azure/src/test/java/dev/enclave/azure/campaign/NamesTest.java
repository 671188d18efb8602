package dev.enclave.azure.campaign;

import dev.enclave.campaign.NamesCampaign;
import dev.enclave.campaign.cloud.CloudAccount;

class NamesTest extends NamesCampaign {

  NamesTest() {
    super(new AzureUnderTest(), "UpdateKey");
  }

  /** Here the next rotation takes the version of the one before it, or leaves it pending. */
  @Override
  protected void leaveAnOrphan(CloudAccount account, String name) {
    ((AzureAccount) account).loseARace(name);
  }
}
