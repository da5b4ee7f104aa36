// Blue and orange, and the five of kinds of days, of Okabe and Ito (2008), told apart with every kind of colour vision; lightness differs too.
const LIGHT = `--page:#f5f6f8;--card:#fff;--text:#15191f;--muted:#59616d;--line:#e1e5ea;--grid:#eceff3;--axis:#c3cad3;
--in:#0b66b2;--out:#cf7400;--visits:#0b66b2;--stops:#cf7400;--in-soft:#0b66b233;--out-soft:#cf740033;--visits-soft:#0b66b233;--stops-soft:#cf740033;--gap:#f1f3f6;--hatch:#858e9a;--accent:#0b66b2;--accent-soft:#e6f0f9;
--good:#0a7350;--bad:#b3400f;--warn-back:#fff3e0;--warn-text:#6e3b00;--tip:#1b2129;--tip-text:#fff;color-scheme:light;`;

const DARK = `--page:#0e1116;--card:#171b22;--text:#e9edf2;--muted:#9ba5b2;--line:#2a313b;--grid:#242b34;--axis:#46505d;
--in:#3a83c9;--out:#f6b95c;--visits:#3a83c9;--stops:#f6b95c;--in-soft:#3a83c944;--out-soft:#f6b95c44;--visits-soft:#3a83c944;--stops-soft:#f6b95c44;--gap:#1d232b;--hatch:#737e8c;--accent:#7cc0f5;--accent-soft:#1b2c3d;
--good:#4ec79a;--bad:#f08a5d;--warn-back:#3a2a12;--warn-text:#ffd08a;--tip:#eef1f5;--tip-text:#15191f;color-scheme:dark;`;

const FRAME = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--text);overflow-wrap:anywhere;line-height:1.5;
font:15px/1.5 system-ui,-apple-system,"Segoe UI","Hiragino Sans","Noto Sans CJK JP","Noto Sans JP","Yu Gothic UI",Meiryo,sans-serif;font-variant-numeric:tabular-nums}
:lang(ja){word-break:auto-phrase}h1,h3,.name{word-break:keep-all}
html:not(.js) :is(.plot,.tools,.days,.figure-title,.legend){display:none}
html[lang=ja] span[lang=en],html[lang=en] span[lang=ja]{display:none}
header,main,footer{max-width:1180px;margin:0 auto;padding:0 16px}
header{padding-top:14px}
.bar{display:flex;align-items:center;gap:8px 14px;flex-wrap:wrap;min-height:40px}
.brand{font-weight:700;letter-spacing:.01em}.brand small{color:var(--muted);font-weight:400;font-size:13px;margin-left:2px}
.tools{margin-left:auto;display:flex;gap:8px}
.back{font-size:14px}
a{color:var(--accent)}
h1{font-size:26px;line-height:1.25;margin:14px 0 2px;letter-spacing:-.01em}.lead{margin:0 0 2px}.note{margin:6px 0;padding-left:10px;border-left:3px solid var(--accent);font-size:14px}
h2{font-size:18px;line-height:1.35;margin:28px 0 12px}h2 small{color:var(--muted);font-weight:400;font-size:14px}
h3{font-size:16px;line-height:1.4;margin:0 0 12px}
p{margin:0 0 12px}
.muted{color:var(--muted);font-size:13px}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.tool{font:inherit;font-size:14px;line-height:20px;color:var(--text);background:var(--card);border:1px solid var(--line);border-radius:9px;padding:8px 12px;
cursor:pointer;text-decoration:none;display:inline-block;min-height:38px}
.tool:hover{border-color:var(--axis)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
footer{padding-top:24px;padding-bottom:40px}footer .tool{margin-bottom:14px}
.warning{background:var(--warn-back);color:var(--warn-text);border-radius:10px;padding:10px 14px;margin:16px 0 0;font-size:14px}.warning a{color:inherit}
.dates{display:flex;flex-wrap:wrap;gap:8px 12px;align-items:end;margin-top:28px}.dates+.card,.dates+.warning{margin-top:16px}
.dates label{font-size:13px;color:var(--muted);flex:0 1 160px;min-width:138px}
@media (max-width:819px){.dates{gap:8px}.dates label{flex:1 1 138px}.dates .tool{flex:none}}
.dates input{display:block;width:100%;min-width:0;font:inherit;font-size:14px;color:var(--text);background:var(--card);border:1px solid var(--line);border-radius:9px;padding:7px 9px;min-height:38px}
`;

const CARDS = `
.card{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:16px;margin:0}
.cards{display:grid;gap:14px;grid-template-columns:minmax(0,1fr);align-items:start}
.doubt{color:var(--warn-text);background:var(--warn-back);border-radius:8px;padding:6px 10px;font-size:14px}
.kind{font-size:12px;font-weight:600;color:var(--muted);border:1px solid var(--line);border-radius:6px;padding:1px 6px;margin-right:8px;vertical-align:1px;white-space:nowrap}
.days{display:grid;grid-auto-flow:column;grid-auto-columns:minmax(0,1fr);gap:6px;margin-top:18px;max-width:560px}
.days button{font:inherit;color:var(--text);background:var(--card);border:1px solid var(--line);border-radius:12px;padding:7px 2px;cursor:pointer;min-width:0;min-height:56px}
.days small{display:block;font-size:12px;color:var(--muted);white-space:nowrap}.days b{font-size:17px;line-height:1.2}
.days button[aria-pressed=true]{background:var(--accent-soft);border-color:var(--accent);box-shadow:inset 0 0 0 1px var(--accent)}
.days button.empty b{color:var(--muted);font-weight:400}
.js section.day:not(.chosen){display:none}
.numbers{display:flex;flex-wrap:wrap;gap:12px 20px;margin:0 0 16px}.numbers>div{flex:1 1 40%}
dt{font-size:13px;color:var(--muted)}dd{margin:0}
dd b{font-size:32px;line-height:1.15;font-weight:650;letter-spacing:-.02em;white-space:nowrap}.unit{font-size:14px;color:var(--muted);margin-left:2px;white-space:nowrap}
.change{display:block;color:var(--muted);font-size:13px;line-height:1.4}dd .change b{display:block;font-size:14px;font-weight:600;letter-spacing:0;color:var(--text);white-space:nowrap;margin-right:4px}
.totals{display:flex;flex-wrap:wrap;gap:4px 20px;color:var(--muted);font-size:14px}.sum{white-space:nowrap}.totals b{color:var(--text);font-size:20px;font-weight:650;margin-left:4px}
.swatch{display:inline-block;width:10px;height:10px;border-radius:3px;margin-right:6px;vertical-align:0}
.in{background:var(--in)}.out{background:var(--out)}.visits{background:var(--visits)}.stops{background:var(--stops)}
.swatch.gap{background:repeating-linear-gradient(135deg,var(--hatch) 0 1.5px,var(--gap) 1.5px 4px);border:1px solid var(--hatch)}
.swatch.part{background:repeating-linear-gradient(135deg,var(--in) 0 2px,var(--card) 2px 4px);border:1px solid var(--in)}
.swatch.repaired{background:radial-gradient(var(--card) 1.2px,var(--in) 1.4px) 0 0/5px 5px;border:1px solid var(--in)}
.swatch.running{background:var(--in-soft);border:1.5px solid var(--in)}
.alert{border-left:5px solid var(--axis)}.alert.is-critical{border-left-color:var(--bad)}.alert.is-warning{border-left-color:var(--out)}.kind.is-critical{background:var(--bad);border-color:var(--bad);color:var(--card)}.kind.is-warning{border-color:var(--out)}.ops>.card{margin-bottom:12px}.ops :is(th,td){text-align:left}.ops tbody th{white-space:normal;min-width:7em;overflow-wrap:break-word}.ops tbody th a{display:block}td.why{white-space:normal;min-width:7em}.alert code{color:var(--muted)}.ops .numbers{margin:0}.ops .numbers>div{flex:1 1 120px}.steps{white-space:pre-line}.steps span{display:block}.acts{display:flex;flex-wrap:wrap;gap:8px;margin-top:12px}.alert p{margin:6px 0}.alert ul{padding-left:18px;font-size:14px}
figure{margin:0}h4{font-size:14px;margin:14px 0 4px}.target ul{margin:0 0 10px;padding-left:20px;font-size:14px}.target li{margin:3px 0}
svg.forecast{display:block;width:100%;max-width:640px;height:auto;font-size:11px}svg.forecast text{fill:var(--muted)}@media(max-width:520px){svg.forecast{font-size:14px}}svg.forecast .grid{stroke:var(--grid)}svg.forecast .band{fill:var(--in-soft);stroke:var(--in);stroke-opacity:.7}svg.forecast .expected{fill:none;stroke:var(--in);stroke-width:2}
svg.forecast .now{stroke:var(--axis);stroke-dasharray:3 3}svg.forecast .counted{fill:var(--card);stroke:var(--text);stroke-width:2}.swatch.dot{border-radius:50%;border:2px solid var(--text);background:var(--card)}.swatch.stroke{height:3px;background:var(--in);vertical-align:.25em}.swatch.band{background:var(--in-soft);border:1px solid var(--in)}
svg.profile{display:block;width:100%;max-width:300px;height:auto;font-size:10px}svg.profile text{fill:var(--muted)}svg.profile .grid{stroke:var(--grid)}svg.profile rect{stroke:var(--muted);stroke-width:.7}
.target ul.kinds{list-style:none;margin:0;padding:0;display:grid;gap:14px 18px;grid-template-columns:repeat(auto-fill,minmax(min(100%,220px),1fr))}.kinds li{margin:0}.kinds .summary{display:block}
.mark{display:inline-block;min-width:22px;padding:0 3px;border-radius:5px;border:1px solid var(--muted);text-align:center;font-size:13px;font-weight:600;line-height:20px;font-style:normal;color:var(--text)}.mark.odd{border:2px solid var(--text);line-height:18px}
.mark.kind-1,.mark.kind-2,.mark.kind-3,.mark.kind-4,.mark.kind-5{color:#15191f}.kind-1{background:#56b4e9;fill:#56b4e9}.kind-2{background:#e69f00;fill:#e69f00}.kind-3{background:#009e73;fill:#009e73}.kind-4{background:#f0e442;fill:#f0e442}.kind-5{background:#cc79a7;fill:#cc79a7}
.weeks th,.weeks td{padding:3px 1px;text-align:center;border:0;font-size:12px;font-weight:400;color:var(--muted)}.weeks thead th{box-shadow:none;position:static}.weeks td small{display:block;font-size:11px;line-height:1.3}.weeks .mark{min-width:30px}.weeks th:first-child{text-align:left}.keys{margin-top:10px;display:flex;flex-wrap:wrap;gap:6px 14px}.keys>span{display:flex;gap:6px;align-items:center}.keys .mark{flex:none}.target ul.odd-days{list-style:none;padding:0}
.chart-still .legend,.chart-still .figure-title{display:flex!important}
figcaption{display:flex;flex-wrap:wrap;gap:2px 14px;align-items:baseline;font-size:13px;color:var(--muted);margin-bottom:8px}
.figure-title{font-weight:600;color:var(--text)}.legend{display:flex;flex-wrap:wrap;gap:2px 12px;margin-left:auto}.summary{flex-basis:100%}
.plot{position:relative;height:210px;min-width:0}
.rows{list-style:none;margin:0;padding:0}
.rows li{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:2px 12px;padding:10px 0;border-top:1px solid var(--line)}
.rows li:first-child{border-top:0;padding-top:0}.rows li:last-child{padding-bottom:0}
.rows :is(.muted,.doubt),.rows progress{grid-column:1/-1}.name{font-weight:600}
progress{appearance:none;width:100%;height:8px;border:0;border-radius:4px;background:var(--grid);overflow:hidden}
progress::-webkit-progress-bar{background:var(--grid)}progress::-webkit-progress-value{background:var(--accent);border-radius:4px}progress::-moz-progress-bar{background:var(--accent)}
.state::before{content:"";display:inline-block;width:9px;height:9px;border-radius:50%;background:currentColor;margin-right:6px}
.scores th[scope=col]{white-space:nowrap}.scores .low{background:var(--warn-back);color:var(--warn-text);font-weight:700}.scores .doubted{background:var(--gap)}
.state{font-size:14px}.online{color:var(--good)}.offline,.silent{color:var(--bad)}.offline::before{border-radius:2px}.finished{color:var(--muted)}
.silent::before{background:none;border:2.5px solid currentColor}
.stores{list-style:none;padding:4px 16px}.stores li+li{border-top:1px solid var(--line)}
.stores a{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 16px;padding:14px 0;text-decoration:none}
.empty{margin-top:22px;padding:28px 20px}.empty h2{margin-top:0}.empty li{margin-bottom:6px}
`;

const TABLES = `
details.table{margin-top:10px;font-size:14px}summary{cursor:pointer;color:var(--accent);padding:6px 0;width:fit-content}
.scroll{overflow:auto;max-height:440px;border:1px solid var(--line);border-radius:10px}
table{border-collapse:collapse;width:100%}
th,td{padding:6px 10px;text-align:right;border-top:1px solid var(--line);white-space:nowrap}
thead th{position:sticky;top:0;background:var(--card);border-top:0;box-shadow:0 1px 0 var(--line);color:var(--muted);font-weight:600;font-size:13px}
th:first-child{text-align:left;font-weight:400}td.note{text-align:left;color:var(--muted);white-space:normal}
tr.none{background:repeating-linear-gradient(135deg,var(--gap) 0 5px,transparent 5px 10px)}
`;

const SIZES = `
@media (min-width:820px){header,main,footer{padding-left:28px;padding-right:28px}h1{font-size:32px}
.cards{grid-template-columns:repeat(2,minmax(0,1fr))}.cards>:last-child:nth-child(odd){grid-column:1/-1}.card{padding:20px}
dd b{font-size:36px}.plot{height:240px}}
@page{size:A4;margin:11mm}
@media print{body{background:#fff;font-size:12px}.tools,.days,.dates,.back,#age,details.table:not([open]),footer .tool{display:none}
header,main,footer{max-width:none;padding-left:0;padding-right:0}.card{break-inside:avoid;padding:12px}h1{font-size:22px}h2{font-size:16px;margin:16px 0 8px;break-after:avoid}
.cards{display:block;columns:2;column-gap:12px}.cards .card{margin-bottom:12px}.cards>:last-child:nth-child(odd){grid-column:auto}dd b{font-size:24px}
.scroll{max-height:none;overflow:visible}.period{break-before:page}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
/* Set before printing: charts are drawn anew for a column of an A4 page. */
.print .plot{width:314px;height:150px}
`;

/** The style of every page; colours are custom properties so that the charts read them too. */
export const STYLE_SHEET = `:root{${LIGHT}}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){${DARK}}}
:root[data-theme=dark]{${DARK}}
${FRAME}${CARDS}${TABLES}${SIZES}`;
