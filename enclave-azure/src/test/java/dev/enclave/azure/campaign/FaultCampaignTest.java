package dev.enclave.azure.campaign;

import dev.enclave.campaign.FaultCampaign;

class FaultCampaignTest extends FaultCampaign {

  FaultCampaignTest() {
    super(new AzureUnderTest());
  }
}
