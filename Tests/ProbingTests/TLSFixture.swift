/// Certificates for `localhost` and 127.0.0.1, made once: each is wrong in one way, or in none.
/// The keys behind them protect nothing.
enum TLSFixture {
    static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgcWv8DwN7i31x69gG
        qQxYDuxUWVULSNZtfnzpjYIDVqqhRANCAATltpB8w6e0xsDuee/8TsH7nRRnsi/+
        hCBA7yQUAJ9tUayqMGmsjk1Ff93Yw8KPLm6NoOcwrwFcuyoYxhtuFeqb
        -----END PRIVATE KEY-----
        """

    static let authority = """
        -----BEGIN CERTIFICATE-----
        MIIBSTCB76ADAgECAhR2npGMwNM0Wpu+u/F9r04XeQZ17DAKBggqhkjOPQQDAjAZ
        MRcwFQYDVQQDDA5UZXN0IGF1dGhvcml0eTAgFw0yNDAxMDEwMDAwMDBaGA8yMTI0
        MDEwMTAwMDAwMFowGTEXMBUGA1UEAwwOVGVzdCBhdXRob3JpdHkwWTATBgcqhkjO
        PQIBBggqhkjOPQMBBwNCAAQKjBJ6LWDOC9hMBipiZgLrI7TESoSDbugyxqlTEMm4
        O04cFhd7POYK8GrXfOmgCCECaVnDiEgLbyfeTadcdTd7oxMwETAPBgNVHRMBAf8E
        BTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQDxYadANcBXRFOlhV5bDT4LqVQSYMqD
        E9zrT8LUupH0TAIhAJXseLZUr6DpxjfaMJ2esM0yNVZ7FkgU/4jiDDV+e/hF
        -----END CERTIFICATE-----
        """

    static let good = """
        -----BEGIN CERTIFICATE-----
        MIIBXjCCAQOgAwIBAgIUJTjmQKfSV/eXKwy5AosKnjZGBUQwCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOVGVzdCBhdXRob3JpdHkwIBcNMjQwMTAxMDAwMDAwWhgPMjEy
        NDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMMCWxvY2FsaG9zdDBZMBMGByqGSM49AgEG
        CCqGSM49AwEHA0IABOW2kHzDp7TGwO557/xOwfudFGeyL/6EIEDvJBQAn21RrKow
        aayOTUV/3djDwo8ubo2g5zCvAVy7KhjGG24V6pujLDAqMAwGA1UdEwEB/wQCMAAw
        GgYDVR0RBBMwEYIJbG9jYWxob3N0hwR/AAABMAoGCCqGSM49BAMCA0kAMEYCIQC7
        w9ZvOgWGQDxVdD+nvFZpBhBPm7WRn9L0lXUKuKtbdgIhAMzNsg5nGdeC76B9LW9g
        f8gEd15LNSg9SFq0KeNa7cc4
        -----END CERTIFICATE-----
        """

    static let expired = """
        -----BEGIN CERTIFICATE-----
        MIIBWjCCAQGgAwIBAgIUUjFo3ZuN1R3pLLv0umzjN8xOPH8wCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOVGVzdCBhdXRob3JpdHkwHhcNMjAwMTAxMDAwMDAwWhcNMjEw
        MTAxMDAwMDAwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggq
        hkjOPQMBBwNCAATltpB8w6e0xsDuee/8TsH7nRRnsi/+hCBA7yQUAJ9tUayqMGms
        jk1Ff93Yw8KPLm6NoOcwrwFcuyoYxhtuFeqboywwKjAMBgNVHRMBAf8EAjAAMBoG
        A1UdEQQTMBGCCWxvY2FsaG9zdIcEfwAAATAKBggqhkjOPQQDAgNHADBEAiA3FFqI
        9VIr5lfTG8RfsEhW5mp2XZCtoYD7vvyWBvLdegIgBqCbM09Jwr4iJ/IcmAHOe+UR
        LYxX6O/+A9Wma2qK970=
        -----END CERTIFICATE-----
        """

    static let notYetValid = """
        -----BEGIN CERTIFICATE-----
        MIIBXzCCAQWgAwIBAgIUDsfYkHlf2hCNMwD/T5IKF/JVvqUwCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOVGVzdCBhdXRob3JpdHkwIhgPMjA5NDAxMDEwMDAwMDBaGA8y
        MTI0MDEwMTAwMDAwMFowFDESMBAGA1UEAwwJbG9jYWxob3N0MFkwEwYHKoZIzj0C
        AQYIKoZIzj0DAQcDQgAE5baQfMOntMbA7nnv/E7B+50UZ7Iv/oQgQO8kFACfbVGs
        qjBprI5NRX/d2MPCjy5ujaDnMK8BXLsqGMYbbhXqm6MsMCowDAYDVR0TAQH/BAIw
        ADAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZIzj0EAwIDSAAwRQIg
        UloXt9bYOwwpw18AJr8j/dx+vsgbQG1a3DrPEoyoaJ8CIQCmDtQNUumWTuDUdH4n
        Cd/0lK3/o2YPsj8PjetC/YsBrg==
        -----END CERTIFICATE-----
        """

    static let wrongHost = """
        -----BEGIN CERTIFICATE-----
        MIIBXjCCAQOgAwIBAgIUd3vDY8NV+vxGHol+iSmHxc+Bc7wwCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOVGVzdCBhdXRob3JpdHkwIBcNMjQwMTAxMDAwMDAwWhgPMjEy
        NDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMMCWxvY2FsaG9zdDBZMBMGByqGSM49AgEG
        CCqGSM49AwEHA0IABOW2kHzDp7TGwO557/xOwfudFGeyL/6EIEDvJBQAn21RrKow
        aayOTUV/3djDwo8ubo2g5zCvAVy7KhjGG24V6pujLDAqMAwGA1UdEwEB/wQCMAAw
        GgYDVR0RBBMwEYIPZXhhbXBsZS5pbnZhbGlkMAoGCCqGSM49BAMCA0kAMEYCIQCB
        IjNMHeVoiiNvi+MyRAaIiIUGWcfNiORkGxiG5PQhvgIhAPsYmMYLcyYDRmYVcbX0
        XUODR3+ZSpUFlfpyYWFV6qYD
        -----END CERTIFICATE-----
        """

    static let unknownAuthority = """
        -----BEGIN CERTIFICATE-----
        MIIBXzCCAQSgAwIBAgIUOl6+n4KJH1foLbfXpbhv+q1MyPcwCgYIKoZIzj0EAwIw
        GjEYMBYGA1UEAwwPT3RoZXIgYXV0aG9yaXR5MCAXDTI0MDEwMTAwMDAwMFoYDzIx
        MjQwMTAxMDAwMDAwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIB
        BggqhkjOPQMBBwNCAATltpB8w6e0xsDuee/8TsH7nRRnsi/+hCBA7yQUAJ9tUayq
        MGmsjk1Ff93Yw8KPLm6NoOcwrwFcuyoYxhtuFeqboywwKjAMBgNVHRMBAf8EAjAA
        MBoGA1UdEQQTMBGCCWxvY2FsaG9zdIcEfwAAATAKBggqhkjOPQQDAgNJADBGAiEA
        9EHVh9bcfmUotzBoaYgpyoSlJTIGkl9w5ynJYj06F7ACIQCvKHGnE23zsEzF17Si
        n/lasgmJo1Hu3GS/m4VoL0Yndw==
        -----END CERTIFICATE-----
        """

    static let selfSigned = """
        -----BEGIN CERTIFICATE-----
        MIIBVjCB/qADAgECAhQCC1DgS4O34DP7mrRe5z2F/Sl1MzAKBggqhkjOPQQDAjAU
        MRIwEAYDVQQDDAlsb2NhbGhvc3QwIBcNMjQwMTAxMDAwMDAwWhgPMjEyNDAxMDEw
        MDAwMDBaMBQxEjAQBgNVBAMMCWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49
        AwEHA0IABOW2kHzDp7TGwO557/xOwfudFGeyL/6EIEDvJBQAn21RrKowaayOTUV/
        3djDwo8ubo2g5zCvAVy7KhjGG24V6pujLDAqMAwGA1UdEwEB/wQCMAAwGgYDVR0R
        BBMwEYIJbG9jYWxob3N0hwR/AAABMAoGCCqGSM49BAMCA0cAMEQCID2Lw+6ijv5i
        YSG5FdGdWglaAh5IALv8gvzVVI+oGCytAiA/YQGFcI2/aP9w2LQ8njtaRFwS4CAf
        GLfO3ZOGCHGr8A==
        -----END CERTIFICATE-----
        """
}
