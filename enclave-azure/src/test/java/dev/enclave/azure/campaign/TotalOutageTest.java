package dev.enclave.azure.campaign;

import dev.enclave.campaign.TotalOutageCampaign;

class TotalOutageTest extends TotalOutageCampaign {

  TotalOutageTest() {
    super(new AzureUnderTest());
  }
}
