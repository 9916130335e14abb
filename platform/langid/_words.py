"""Words that tell a language, without accents, which people leave out.

By language (ISO 639-1). What several have counts for each of them.
"""

COMMON = {
    "en": (
        "a about after all am an and any appointment are as at be before book but by "
        "bye can cash close closed cost could did do does english for free friday "
        "from get goodbye guests had has have hello help her hey hi his hours how "
        "human i if in is it like long make many may me monday much must my need no "
        "not nothing now of on open opening or our out pay payment person please "
        "price saturday saturdays should someone speak still sunday sundays take talk "
        "thank thanks that the their them there they this thursday to today tomorrow "
        "tuesday up us want was we wednesday were what when where which who why will "
        "with would yes you your"
    ),
    "de": (
        "ab aber absagen am an auch auf aus bei beim beschweren bezahlen bin bis "
        "bitte brauche buchen danke darf das dauert dem den der des die dienstag dir "
        "donnerstag du durfen ein eine einem einen einer er es euch euer eure "
        "frechheit freitag fullung fur geoffnet gerne gibt guten habe haben habt "
        "hallo hast hat heute hilfe ich ihnen ihr ihre ihrem ihren ihrer im in ist ja "
        "kann kannst kein keine kinder konnen kosten kostet krone lange man mein "
        "meine meinem meinen mensch menschen mich mir mit mittwoch mochte montag "
        "morgen muss mussen nach nein nicht noch nur oder offen pro rechnung samstag "
        "sehen seid sich sie sind so sonntag sprechen stornieren tag termin tschuss "
        "uber um und uns unser unsere unter viel vom von vor wann warum was welche "
        "welcher welches wen wenn wer werden wie wieder wieviel will wir wird wo "
        "wurde zahlen zahlung zu zum zur"
    ),
    "fr": (
        "a ai aide annuler au aux avec avez avons bonjour bonsoir c ca ce ces cest "
        "cette chez combien comment coute d dans de demain des dois du elle en est et "
        "etes facture faut ferme horaires humain il j je jusqu l la le les ma me "
        "merci mes mon non nos notre nous on ont ou oui ouvert ouverte ouverts "
        "paiement par parler pas payer peut peux plait plus pour pourquoi puis qu "
        "quand que quel quelle quelles quels qui quoi regler rendez reserver revoir "
        "salut sans se sont souhaite suis sur svp tu un une veux vos votre voudrais "
        "vous y"
    ),
    "es": (
        "a abierto abren aceptan adios al alguien anular aqui atendeis ayuda buenas "
        "buenos cancelar cierran cita como con cual cuales cuando cuanta cuantas "
        "cuanto cuantos cuesta de del desde dias donde el en es esta estais estan "
        "factura favor gracias gustaria hablar hacen hasta hay hola horario hoy "
        "humano la las le lo los manana mas me mi mis muy nada necesito no nos o "
        "pagar pago para pero persona podeis por puede pueden puedo que quien quienes "
        "quiero quisiera reservar se si sin sobre son su sus tardes teneis tengo "
        "tiene tienen tu un una unos usted ustedes vuestra vuestro y ya"
    ),
    "nl": (
        "aan afspraak alsjeblieft alstublieft annuleren bedankt ben bent betalen bij "
        "boeken dag dank dat deze dit doei een er geen gesloten goedemiddag "
        "goedemorgen goedendag graag heb hebben help het hoe hoi iemand ik is jullie "
        "kan klacht kost kosten kunnen kunt laat mag maken medewerker mens met mijn "
        "moet morgen naar nee niet nog onze ook op open rekening spreekt spreken te "
        "tot u uur uw van vandaag verzetten voor waar wanneer wat welke wie wil ziens "
        "zijn zou"
    ),
}

# Languages in which no more is said here than what the assistant says of itself. Heard
# as what they are they are taken for none of their neighbours; of a word that both have
# it is the neighbour that counts.
OTHERS = {
    "it": (
        "a al alla alle anche aperti aperto appuntamento apre aprite avete buonasera "
        "buongiorno c che chi chiude chiudete chiuso ci ciao come con contanti cosa "
        "costa costano dal dalla dei del della delle di disdire domani domenica dove "
        "e ed entro fare giorni giovedi gli grazie ha hai ho i il in indirizzo io l "
        "la lavorate le lo lunedi ma martedi mercoledi mi mia mio ne nel nella no "
        "noi non nostra nostro o oggi ora orari orario pagamento pagare parcheggio "
        "per perche persona piu posso potete prego prenotare prenotazione prezzo puo "
        "qual quale quali quando quanti quanto questo sabato se sei senza si siete "
        "sono su sul sulla tra tu un una uno va venerdi vi voglio voi vorrei vostra "
        "vostro"
    ),
    "pt": (
        "a abre abrem agora ajuda amanha ao aos as ate boa bom cancelar cartao com "
        "como custa custam da das de depois dia do domingo dos e ela ele em endereco "
        "essa esse esta estacionamento estao eu falar fazer fecha fecham funcionamento "
        "gostaria ha hoje hora horario horarios isso ja mais marcar me meu meus "
        "minha minhas muito na nao nas no nos nossa nosso o obrigada obrigado oi ola "
        "onde os ou pagamento pagar para pela pelo pessoa pode podem por porque posso "
        "preciso preco quais qual quando quanta quantas quanto quantos quarta quem "
        "quero quinta reservar sabado sao se segunda sem seu sexta sua tem tenho "
        "terca um uma voce voces vossa vosso"
    ),
}
